// Buttons that print the page; without scripts it is printed by the menu of the browser.

for (const button of document.querySelectorAll("button.print")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
