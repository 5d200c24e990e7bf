// The browser's own clock says whether the list is past its date; nothing else on the page knows a clock.
{
  const until = document.documentElement.dataset.validUntil;
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const today = String(now.getFullYear()).padStart(4, "0") + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
  if (today >= until) document.getElementById("expired").hidden = false;
}
