// What a form can't do by itself: dropping a file, listening to it before it is sent, following the sound on the waveform.
"use strict";

const form = document.getElementById("upload");
const field = form.querySelector("input[type=file]");
const drop = document.getElementById("drop");
const chosen = document.getElementById("chosen");
const preview = document.getElementById("preview");
const ask = document.getElementById("ask");
const largest = Number(form.dataset.largest);
let address = "";

for (const words of document.querySelectorAll(".with-script")) words.hidden = false;

function tell(words, wrong) {
  chosen.textContent = words;
  chosen.classList.toggle("wrong", wrong);
}

function show() {
  const file = field.files[0];
  URL.revokeObjectURL(address);
  preview.hidden = true;
  preview.removeAttribute("src");
  if (!file) return tell("", false);
  const megabytes = file.size / 2 ** 20;
  if (file.size > largest) {
    field.value = "";
    return tell(`${file.name} has ${megabytes.toFixed(0)} MB, more than ${largest / 2 ** 20} MB. Choose a shorter song.`, true);
  }
  tell(`${megabytes < 0.1 ? "Less than 0.1" : megabytes.toFixed(1)} MB, ready to send.`, false);
  address = URL.createObjectURL(file);
  preview.src = address;
  preview.hidden = false;
}

preview.addEventListener("error", () => { preview.hidden = true; }); // a format that this browser can't play
field.addEventListener("change", show);
show();

for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files.length !== 1) return tell("Drop one song at a time.", true);
  field.files = event.dataTransfer.files;
  show();
});

form.addEventListener("submit", (event) => {
  if (ask.getAttribute("aria-disabled")) return event.preventDefault();
  ask.setAttribute("aria-disabled", "true");
  ask.textContent = "Listening …";
});
window.addEventListener("pageshow", () => { // also when one comes back to a kept page
  ask.removeAttribute("aria-disabled");
  ask.textContent = "Name its genre";
});

const player = document.getElementById("player");
const playhead = document.getElementById("playhead");
if (player && playhead) {
  const [start, seconds, shown] = ["start", "seconds", "shown"].map((name) => Number(player.dataset[name]));
  const wave = playhead.closest("svg.chart");
  const follow = () => {
    const place = `${(100 * (start + player.currentTime) / shown).toFixed(2)}%`;
    playhead.setAttribute("x1", place);
    playhead.setAttribute("x2", place);
    playhead.classList.toggle("on", player.currentTime > 0);
    if (!player.paused) requestAnimationFrame(follow);
  };
  for (const name of ["play", "seeked", "pause"]) player.addEventListener(name, follow);
  wave.classList.add("seeks");
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    const heard = shown * (event.clientX - box.left) / box.width - start; // the player has the clip, which may be a part
    player.currentTime = Math.min(Math.max(heard, 0), seconds);
    player.play();
  });
}

// The page as one file: its style inside, without what only a server can do.
const save = document.getElementById("save");
if (save) save.addEventListener("click", () => {
  const page = document.documentElement.cloneNode(true);
  const style = document.createElement("style");
  for (const sheet of document.styleSheets) for (const rule of sheet.cssRules) style.append(rule.cssText, "\n");
  for (const part of page.querySelectorAll("script, link, form, nav, #save, .with-script, audio:not([src^='data:'])")) part.remove();
  for (const link of page.querySelectorAll("a[href]")) link.removeAttribute("href");
  page.querySelector("head").append(style);
  const address = URL.createObjectURL(new Blob(["<!DOCTYPE html>", page.outerHTML], { type: "text/html" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${document.title}.html`;
  link.click();
  URL.revokeObjectURL(address);
});
