// Reads QR codes from the camera: by the browser's own BarcodeDetector, else by a decoder fetched only then.
import { submitCode } from "./door.js";

const button = document.querySelector("[data-camera]");
const view = document.querySelector("[data-camera-view]");
const voice = document.querySelector("[data-camera-voice]");
const video = view?.querySelector("video");
const AGAIN_AFTER = 4000;
const startText = button?.textContent;
let stream;
let last = { code: "", at: 0 };

async function nativeReader() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async () => (await detector.detect(video))[0]?.rawValue;
}

async function vendoredReader() {
  const address = button.dataset.decoder;
  await import(address);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async () => {
    const scale = Math.min(1, 800 / video.videoWidth);
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    return self.jsQR(picture.data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" })?.data;
  };
}

function found(code) {
  const now = Date.now();
  // One ticket held before the lens is one scan, however many pictures show it.
  if (code === last.code && now - last.at < AGAIN_AFTER) {
    last.at = now;
    return;
  }
  last = { code, at: now };
  submitCode(code);
}

async function watch(read) {
  while (stream) {
    if (video.readyState >= 2 && video.videoWidth) {
      const code = await read().catch(() => undefined);
      if (code) found(code);
    }
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}

async function start() {
  voice.textContent = "";
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    view.hidden = false;
    button.textContent = button.dataset.textStop;
    video.srcObject = stream;
    await video.play();
    watch((await nativeReader().catch(() => null)) ?? (await vendoredReader()));
  } catch {
    stop();
    voice.textContent = button.dataset.textDenied;
  }
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  view.hidden = true;
  button.textContent = startText;
}

if (button && navigator.mediaDevices?.getUserMedia) {
  button.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : start()));
  addEventListener("pagehide", stop);
}
