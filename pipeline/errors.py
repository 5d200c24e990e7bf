"""What can go wrong, in few words: every message says what, which value, which rule and what to do."""

from __future__ import annotations

import errno
import gc
import re
import sys
from collections.abc import Callable
from pathlib import Path

MOST_NAMES = 30


def shortened(names: list[str]) -> str:
    """Names for a message that is read to its end: the first of them, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


class EbbError(ValueError):
    """Something the reader can put right; shown as one sentence without a traceback."""


class ConfigError(EbbError):
    """params.yaml says something that cannot be followed."""


class EventError(EbbError):
    """The events cannot be used as they are."""


class SplitError(EbbError):
    """The calendar leaves nothing to learn from or to judge on."""


class ArtifactError(EbbError):
    """A stored folder is missing, damaged or not what its manifest says."""


class PublishError(EbbError):
    """A list cannot be published; the last good one stays."""


class LeakError(EbbError):
    """A feature knows what its snapshot cannot."""


class StorageError(EbbError):
    """The disk, or the rights on a folder, did not let the stage go on."""


class EngineError(EbbError):
    """A cluster could not do its part."""


WHOLE = "Lists and champion are as they were."
NO_TEMPORARY = -1  # no number of the operating system's: Python found no folder for temporary files
NO_MEMORY = "raise engine.memory_limit or lower engine.threads in params.yaml, or free memory, then `make repro`"
REMEDIES = {
    NO_TEMPORARY: ("no folder for temporary files can be written", "name one with space in TMPDIR"),
    errno.ENOSPC: ("no space is left on the disk", "free some (`dvc gc --workspace` drops old copies)"),
    errno.EDQUOT: ("the disk quota is used up", "free some space (`dvc gc --workspace` drops old copies)"),
    errno.EFBIG: ("a file would become larger than this user may write", "raise the limit (`ulimit -f`)"),
    errno.EROFS: ("the file system is read-only", "mount it writable, or move the project"),
    errno.EACCES: ("this user has no right to it", "mend the rights of the folder, or run as its owner"),
    errno.EPERM: ("this user has no right to it", "mend the rights of the folder, or run as its owner"),
    errno.ENOTDIR: ("a file lies where a folder belongs", "move it away"),
    errno.EEXIST: ("a file lies where a folder belongs", "move it away"),
    errno.EISDIR: ("a folder lies where a file belongs", "move it away"),
    errno.EMFILE: ("too many files are open", "raise the limit (`ulimit -n`)"),
    errno.EIO: ("the disk reports an error", "look at the disk, then restore the folder from a copy"),
}


def out_of_memory(error: BaseException) -> bool:
    """Whether the engine has not enough memory; where it cannot spill, a full disk is the cause."""
    return "Out of Memory" in str(error) and "failed to offload" not in str(error)


def storage_error(error: BaseException, place: str = "") -> StorageError | None:
    """What a failing disk says as one sentence with the place and the remedy; None for another error.

    Libraries wrap the operating system's number in texts of their own, so where it is no attribute it is looked for.
    """
    if out_of_memory(error):
        return StorageError(f"the engine has not enough memory: {NO_MEMORY}. {WHOLE}")
    number, text = getattr(error, "errno", None), " ".join(str(error).split())
    if number not in REMEDIES:
        found = re.search(r"[Ee]rrno:? (\d+)", text)
        number = _by_words(text) or (int(found[1]) if found else None)
    if number not in REMEDIES:
        return None
    what, remedy = REMEDIES[number]
    where = str(getattr(error, "filename", None) or place or _path_in(text))
    folder = Path(where).parent if where else Path("data")
    name = f" ({Path(where).name} was to be written or read)" if where else ""
    return StorageError(f"{folder}: {what}{name}: {remedy}, then `make repro`. {WHOLE}")


def _by_words(text: str) -> int | None:
    words = {"No space left": errno.ENOSPC, "Read-only file": errno.EROFS, "Permission denied": errno.EACCES}
    words |= {"File too large": errno.EFBIG, "failed to offload": errno.ENOSPC, "No usable temporary": NO_TEMPORARY}
    return next((number for word, number in words.items() if word in text), None)


def _path_in(text: str) -> str:
    found = re.search(r"[\"']([^\"']*/[^\"']*)[\"']", text)
    return found[1] if found else ""


def run_stage(main: Callable[[], None]) -> None:
    """Run one stage; an EbbError or a failing disk becomes one sentence on stderr and exit code 1."""
    gc.freeze()  # what was imported stays: to look through it again and again costs a short stage a twentieth
    try:
        main()
    except EbbError as error:
        _stop(str(error), 1)
    except OSError as error:
        known = storage_error(error)
        if known is None:
            raise
        _stop(str(known), 1)
    except KeyboardInterrupt:
        _stop(f"stopped by hand. {WHOLE} `make repro` goes on.", 130)
    finally:
        gc.unfreeze()  # libraries complain of what is never freed


def _stop(sentence: str, code: int) -> None:
    sys.stderr.write(f"\nebb: {sentence}\n")
    raise SystemExit(code) from None
