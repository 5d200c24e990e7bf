"""Reasons in English, Russian and Polish, typed out: lengths of time, counts, and what a marketer reads of a shop."""

from __future__ import annotations

import math

import pytest
from said import SHOP, reasons, said

from features.build import catalog
from features.spec import FeatureSpec
from models.uncertain import ESTIMATES_DIFFER, KNOWN_FOR_DAYS
from pipeline.language.catalogue import LANGUAGES, Texts
from pipeline.language.reasons import days_in_words, in_window, uncertain_text

LENGTHS = {  # in the language, and in the genitive
    "en": ["1 day", "2 days", "5 days", "21 days", "22 days", "112 days", "1,204 days"],
    "ru": ["1 день", "2 дня", "5 дней", "21 день", "22 дня", "112 дней", "1 204 дня"],
    "pl": ["1 dzień", "2 dni", "5 dni", "21 dni", "22 dni", "112 dni", "1 204 dni"],
}
GENITIVES = {
    "ru": ["1 дня", "2 дней", "5 дней", "21 дня", "22 дней", "112 дней", "1 204 дней"],
    "pl": ["1 dnia", "2 dni", "5 dni", "21 dni", "22 dni", "112 dni", "1 204 dni"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_lengths_of_time(language: str) -> None:
    """In Russian 21 is singular and 112 is not; in Polish only 1 is."""
    days, texts = (1, 2, 5, 21, 22, 112, 1204), Texts(language)
    plain = [days_in_words(texts, day).replace("\u00a0", " ") for day in days]
    assert plain == LENGTHS[language]
    genitive = [days_in_words(texts, day, genitive=True).replace("\u00a0", " ") for day in days]
    assert genitive == GENITIVES.get(language, LENGTHS["en"])


COUNTS = {
    "en": ["No purchases", "1 purchase", "2 purchases", "5 purchases", "21 purchases", "22 purchases", "112 purchases"],
    "ru": ["Нет покупок", "1 покупка", "2 покупки", "5 покупок", "21 покупка", "22 покупки", "112 покупок"],
    "pl": ["Brak zakupów", "1 zakup", "2 zakupy", "5 zakupów", "21 zakupów", "22 zakupy", "112 zakupów"],
}
WINDOWS = {"en": "in the last 28 days", "ru": "за последние 28 дней", "pl": "w ciągu ostatnich 28 dni"}
NAMELESS = {  # an event of which no word is known: its name is not inflected
    "en": ["No jumps", "1 jump", "2 jumps", "5 jumps", "21 jumps", "22 jumps", "112 jumps"],
    "ru": [
        "Нет событий «jump»", "1 событие «jump»", "2 события «jump»", "5 событий «jump»", "21 событие «jump»",
        "22 события «jump»", "112 событий «jump»",
    ],
    "pl": [
        "Brak zdarzeń „jump”", "1 zdarzenie „jump”", "2 zdarzenia „jump”", "5 zdarzeń „jump”", "21 zdarzeń „jump”",
        "22 zdarzenia „jump”", "112 zdarzeń „jump”",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "counts"), [("purchase", COUNTS), ("jump", NAMELESS)])
def test_counts_of_events(language: str, kind: str, counts: dict[str, list[str]]) -> None:
    """Each number with the form it takes."""
    spec = FeatureSpec((kind,), lookback_days=(28,))
    numbers = (0, 1, 2, 5, 21, 22, 112)
    told = [said(spec, "count_activity_28d", {"count_activity_28d": number}, language) for number in numbers]
    assert told == [f"{count} {WINDOWS[language]}" for count in counts[language]]


def test_windows() -> None:
    """A single day, one that ends in 1, and all the time so far."""
    told = [[in_window(Texts(language), days) for days in (1, 91, None)] for language in LANGUAGES]
    assert told == [
        ["in the last day", "in the last 91 days", "so far"],
        ["за последний день", "за последний 91 день", "за всё время"],
        ["w ciągu ostatniego dnia", "w ciągu ostatnich 91 dni", "do tej pory"],
    ]


TOLD = {  # feature, values: English, Russian, Polish
    "silence": (
        "days_since_last_activity",
        {"days_since_last_activity": 74, "usual_gap_days": 21},
        "No purchase for 74 days; usually every 21 days",
        "Нет покупок уже 74 дня; обычно раз в 21 день",
        "Brak zakupów od 74 dni; zwykle co 21 dni",
    ),
    "silence of who comes every day": (
        "days_since_last_activity",
        {"days_since_last_activity": 1, "usual_gap_days": 1},
        "No purchase for 1 day; usually every day",
        "Нет покупок уже 1 день; обычно каждый день",
        "Brak zakupów od 1 dnia; zwykle codziennie",
    ),
    "no gap yet": (
        "days_since_last_activity",
        {"days_since_last_activity": 1},
        "Last purchase 1 day ago",
        "Последняя покупка — 1 день назад",
        "Ostatni zakup: 1 dzień temu",
    ),
    "overdue": (
        "overdue_ratio",
        {"days_since_last_activity": 74, "usual_gap_days": 21, "overdue_ratio": 3.52},
        "No purchase for 74 days, 3.5 times the usual 21 days",
        "Нет покупок уже 74 дня — в 3,5 раза дольше обычного (21 день)",
        "Brak zakupów od 74 dni, 3,5 raza dłużej niż zwykle (21 dni)",
    ),
    "overdue by a whole number": (
        "overdue_ratio",
        {"days_since_last_activity": 105, "usual_gap_days": 21, "overdue_ratio": 5},
        "No purchase for 105 days, 5 times the usual 21 days",
        "Нет покупок уже 105 дней — в 5 раз дольше обычного (21 день)",
        "Brak zakupów od 105 dni, 5 razy dłużej niż zwykle (21 dni)",
    ),
    "absurdly overdue": (
        "overdue_ratio",
        {"days_since_last_activity": 161, "usual_gap_days": 1, "overdue_ratio": 161},
        "No purchase for 161 days; usually every day",
        "Нет покупок уже 161 день; обычно каждый день",
        "Brak zakupów od 161 dni; zwykle codziennie",
    ),
    "active days": (
        "active_days_28d",
        {"active_days_28d": 2},
        "2 days with a purchase in the last 28 days",
        "Покупки за последние 28 дней: 2 активных дня",
        "Zakupy w ciągu ostatnich 28 dni: 2 aktywne dni",
    ),
    "spend": (
        "amount_purchase_28d",
        {"amount_purchase_28d": 1204.5},
        "Purchases worth €1,204 in the last 28 days",
        "Покупки за последние 28 дней: 1 204 €",
        "Zakupy w ciągu ostatnich 28 dni: 1 204 €",
    ),
    "returns are told without the sign of their amounts": (
        "amount_return_28d",
        {"amount_return_28d": -8.5},
        "Returns worth €8.50 in the last 28 days",
        "Возвраты за последние 28 дней: 8,50 €",
        "Zwroty w ciągu ostatnich 28 dni: 8,50 €",
    ),
    "a share": (
        "share_friction_28d",
        {"share_friction_28d": 0.25},
        "25% of purchases and returns in the last 28 days were returns",
        "Доля возвратов среди покупок и возвратов за последние 28 дней: 25%",
        "Udział zwrotów wśród zakupów i zwrotów w ciągu ostatnich 28 dni: 25%",
    ),
    "a share of nothing": (
        "share_friction_28d",
        {"share_friction_28d": 0},
        "No returns in the last 28 days",
        "Нет возвратов за последние 28 дней",
        "Brak zwrotów w ciągu ostatnich 28 dni",
    ),
    "a trend": (
        "share_activity_14d_of_28d",
        {"share_activity_14d_of_28d": 0.25, "count_activity_14d": 1, "count_activity_28d": 4},
        "1 of the 4 purchases in the last 28 days was in the last 14 days",
        "Покупки за последние 28 дней: 4, из них за вторую половину срока — 1",
        "Zakupy w ciągu ostatnich 28 dni: 4, z tego w drugiej połowie okresu: 1",
    ),
    "a trend of one": (
        "share_activity_14d_of_28d",
        {"share_activity_14d_of_28d": 0, "count_activity_14d": 0, "count_activity_28d": 1},
        "The only purchase in the last 28 days was not in the last 14 days",
        "Покупки за последние 28 дней: 1, из них за вторую половину срока — 0",
        "Zakupy w ciągu ostatnich 28 dni: 1, z tego w drugiej połowie okresu: 0",
    ),
    "a beginning": (
        "tenure_days",
        {"tenure_days": 1, "count_activity_lifetime": 1},
        "Customer for 1 day, 1 purchase so far",
        "Клиент уже 1 день, всего 1 покупка",
        "Klient od 1 dnia, dotąd 1 zakup",
    ),
    "a long and thin history": (
        "tenure_days",
        {"tenure_days": 731, "count_activity_lifetime": 3},
        "Customer for 731 days, 3 purchases so far",
        "Клиент уже 731 день, всего 3 покупки",
        "Klient od 731 dni, dotąd 3 zakupy",
    ),
    "a beginning, as the flag says it": (
        "is_new",
        {"is_new": 1, "tenure_days": 1},
        "First purchase 1 day ago",
        "Клиент уже 1 день",
        "Klient od 1 dnia",
    ),
    "a comeback": (
        "count_returns",
        {"count_returns": 2},
        "Came back 2 times after a long break",
        "2 возвращения после долгого перерыва",
        "2 powroty po długiej przerwie",
    ),
    "a state that fell": (
        "level_change_points_28d",
        {"level_change_points_28d": -30},
        "Points balance fell by 30 in the last 28 days",
        "Баланс баллов за последние 28 дней: снижение на 30",
        "Saldo punktów w ciągu ostatnich 28 dni: spadek o 30",
    ),
}


@pytest.mark.parametrize(("feature", "values", "en", "ru", "pl"), TOLD.values(), ids=TOLD.keys())
def test_sentences_of_a_shop(feature: str, values: dict[str, float], en: str, ru: str, pl: str) -> None:
    """As a marketer would write them."""
    told = [reasons(catalog(SHOP), language, currency="EUR") for language in LANGUAGES]
    full = {column: values.get(column, math.nan) for column in told[0].columns(feature)}
    assert [found.say(feature, full).replace("\u00a0", " ") for found in told] == [en, ru, pl]


def test_names_of_ones_own() -> None:
    """`report.names` comes first; a word that the catalogue knows takes its forms, another one is a name."""
    one, numbers = (
        FeatureSpec(("buy_x",), lookback_days=(28,)),
        {"days_since_last_activity": 3.0, "usual_gap_days": 9.0},
    )
    told = [
        reasons(catalog(one), language, {"buy_x": name}).say("days_since_last_activity", numbers)
        for language, name in (
            ("en", "order"),
            ("en", "big deal"),
            ("ru", "заказ"),
            ("ru", "сделка"),
            ("pl", "Zamówienie"),
        )
    ]
    assert told == [
        "No order for 3 days; usually every 9 days",
        "No big deal for 3 days; usually every 9 days",
        "Нет заказов уже 3 дня; обычно раз в 9 дней",
        "Нет событий «сделка» уже 3 дня; обычно раз в 9 дней",
        "Brak zamówień od 3 dni; zwykle co 9 dni",
    ]


def test_why_a_probability_is_uncertain() -> None:
    """The days it is known, or how far the estimates lie apart."""
    told = [
        [
            *(uncertain_text(Texts(language), KNOWN_FOR_DAYS, days, None, None) for days in (0.0, 1.0, 3.0)),
            uncertain_text(Texts(language), ESTIMATES_DIFFER, None, 0.2, 0.6).replace("\u00a0", " "),
        ]
        for language in LANGUAGES
    ]
    assert told == [
        [
            "Known since today only, active on one day",
            "Known for 1 day only, active on one",
            "Known for 3 days only, active on one",
            "Hard to tell: the estimates range from 20% to 60%",
        ],
        [
            "Клиент только с сегодняшнего дня, активность в один день",
            "Клиент всего 1 день, активность только в один из них",
            "Клиент всего 3 дня, активность только в один из них",
            "Трудно сказать: оценки расходятся от 20% до 60%",
        ],
        [
            "Klient dopiero od dziś, aktywny jednego dnia",
            "Klient dopiero od 1 dnia, aktywny tylko jednego dnia",
            "Klient dopiero od 3 dni, aktywny tylko jednego dnia",
            "Trudno powiedzieć: szacunki wahają się od 20% do 60%",
        ],
    ]
