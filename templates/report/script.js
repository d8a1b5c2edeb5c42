// Without this script the page works as it is: proofs stand at its end. With it they open beside the design.
const panel = document.getElementById("panel");
const shown = document.getElementById("shown");
const back = document.getElementById("back");
const trail = [];
let opener = null;
// On a narrow screen the contents would fill it.
const narrow = matchMedia("(max-width: 60rem)");
const fold = () => { document.getElementById("contents").open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();
document.documentElement.classList.add("scripted");

function open(id, from) {
  const proof = document.getElementById(id);
  if (!proof) return;
  if (panel.hidden) opener = from;
  const copy = proof.cloneNode(true);
  copy.removeAttribute("id");
  shown.replaceChildren(copy);
  panel.hidden = false;
  panel.scrollTop = 0;
  back.disabled = trail.length < 2;
}

function close() {
  panel.hidden = true;
  trail.length = 0;
  if (opener) opener.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link) return;
  const id = decodeURIComponent(link.hash.slice(1));
  if (id.startsWith("why-")) {
    event.preventDefault();
    trail.push(id);
    open(id, link);
  } else if (id.startsWith("L")) {
    document.querySelectorAll(".lit").forEach((line) => line.classList.remove("lit"));
    document.getElementById(id)?.classList.add("lit");
  }
});
back.addEventListener("click", () => {
  trail.pop();
  open(trail[trail.length - 1], back);
});
document.getElementById("close").addEventListener("click", close);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.hidden) close();
});
if (location.hash.startsWith("#why-")) {
  trail.push(location.hash.slice(1));
  open(trail[0], null);
}
