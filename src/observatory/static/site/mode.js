// Light, dark, or as the device says: remembered here only.
(() => {
  const root = document.documentElement;
  const kept = localStorage.getItem("mode");
  if (kept) root.dataset.mode = kept;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("mode");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const dark = root.dataset.mode
        ? root.dataset.mode === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.mode = dark ? "light" : "dark";
      localStorage.setItem("mode", root.dataset.mode);
    });
  });
})();
