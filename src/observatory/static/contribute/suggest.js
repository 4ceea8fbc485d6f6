// What we understand, refreshed while typing: the same words the next page would show.
(() => {
  const form = document.querySelector("form[data-suggest]");
  const place = document.getElementById("proposal");
  if (!form || !place) return;
  let waiting = 0;
  let asked = "";
  const ask = async () => {
    const typed = new FormData(form);
    const now = new URLSearchParams(typed).toString();
    if (now === asked) return;
    asked = now;
    const answer = await fetch(form.dataset.suggest, {
      method: "POST",
      body: typed,
      headers: { "X-CSRFToken": typed.get("csrfmiddlewaretoken") },
    }).catch(() => null);
    if (answer && answer.ok && now === asked) place.innerHTML = await answer.text();
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 700);
  });
})();
