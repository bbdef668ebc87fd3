// <button data-dialog="#id"> opens a native <dialog>, <button data-dialog-close> closes it. Focus and Escape are the browser's own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.querySelector(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
});
