#!/usr/bin/env python3
"""Which faces our detector, dlib's and YuNet find, in one run, by yaw, at one false positive in a hundred pictures.

ANNOTATED is a folder with annotations.json, FACELESS one of pictures without people, YUNET the ONNX file. Pictures
without faces are those, and parts of the annotated ones beside the face in which YuNet sees nobody either.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

import cv2
import numpy as np
import onnxruntime

# A mean head, for the yaw of annotated landmarks: nose tip against the outer corners of the eyes.
def yaw_of(landmarks):
    """Sine of yaw from how far the tip of the nose is from the middle of the jaw, in degrees, rough."""
    points = np.array(landmarks)
    left, right = points[36:42].mean(0), points[42:48].mean(0)
    mouth = points[48:60].mean(0)
    up = (left + right) / 2 - mouth
    length = np.hypot(*up)
    across = np.array([-up[1], up[0]]) / length
    middle = (points[0] + points[16]) / 2
    return math.degrees(math.atan2(abs(np.dot(points[30] - middle, across)), 1.35 * length))


def face_box(landmarks):
    points = np.array(landmarks)
    (x, y), (right, bottom) = points.min(0), points.max(0)
    height = bottom - y
    return [x, y - 0.15 * height, right - x, 1.15 * height]


def overlap(a, b):
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0
    return across * down / (a[2] * a[3] + b[2] * b[3] - across * down)


class YuNet:
    """The network through ONNX Runtime, one thread."""

    def __init__(self, path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.names = [output.name for output in self.session.get_outputs()]

    def faces(self, picture, side):
        scale = min(1, side / max(picture.shape[:2]))
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = [(n + 31) // 32 * 32 for n in picture.shape[:2]]
        padded = np.zeros((height, width, 3), np.float32)
        padded[: picture.shape[0], : picture.shape[1]] = picture
        values = self.session.run(None, {self.input: padded.transpose(2, 0, 1)[None]})
        answers = dict(zip(self.names, values))
        boxes, scores = [], []
        for stride in (8, 16, 32):
            cls, obj = (answers[f"{kind}_{stride}"].reshape(-1) for kind in ("cls", "obj"))
            box = answers[f"bbox_{stride}"].reshape(-1, 4)
            columns = width // stride
            for place in np.nonzero(cls * obj > 0.05**2)[0]:
                x, y, w, h = box[place]
                w, h = math.exp(w) * stride, math.exp(h) * stride
                x = (place % columns + x) * stride - w / 2
                y = (place // columns + y) * stride - h / 2
                boxes.append([x / scale, y / scale, w / scale, h / scale])
                scores.append(float(math.sqrt(max(0, cls[place] * obj[place]))))
        kept = cv2.dnn.NMSBoxes(boxes, scores, 0.05, 0.4) if boxes else []
        return [boxes[i] + [scores[i]] for i in np.array(kept).reshape(-1)]


def faceless(annotations, annotated, folder, yunet, side, to):
    """Writes pictures in which nobody is, and returns their paths."""
    paths = []

    def keep(picture):
        if min(picture.shape[:2]) < 80 or any(f[4] > 0.5 for f in yunet.faces(picture, side)):
            return
        paths.append(os.path.join(to, f"{len(paths)}.png"))
        cv2.imwrite(paths[-1], picture)

    for name in sorted(os.listdir(folder)):
        picture = cv2.imread(os.path.join(folder, name))
        if picture is None:
            continue
        height, width = picture.shape[:2]
        for size in (1.0, 0.5, 0.25):
            part = picture[: int(height * size), int(width * (1 - size)):]
            scale = min(1, side / max(part.shape[:2]))
            keep(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    for annotation in annotations:
        picture = cv2.imread(os.path.join(annotated, annotation["file"]))
        x, y, w, h = face_box(annotation["landmarks68"])
        left, right = int(max(0, x - 0.35 * w)), int(x + 1.35 * w)
        for part in (picture[:, :left], picture[:, right:], picture[int(y + 1.4 * h):]):
            if part.size:
                keep(part)
    return paths


def searched(options, listing, landmarks):
    """What our detector finds in the pictures of a list, and dlib's where that is wanted."""
    command = [options.bench, "detect", options.detector, listing, str(options.side)]
    if landmarks:
        command += ["--landmarks", options.landmarks]
    elif options.dlib:
        command.append("--dlib")
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("bench", "detector", "landmarks", "annotated", "faceless", "yunet"):
        parser.add_argument(name)
    parser.add_argument("--side", type=int, default=320, help="longest side of a picture that is searched")
    parser.add_argument("--dlib", action="store_true", help="dlib's too, of a bench built with CURATE_DLIB=1")
    options = parser.parse_args()
    annotated, side = options.annotated, options.side
    yunet = YuNet(options.yunet)
    annotations = json.load(open(os.path.join(annotated, "annotations.json")))
    with tempfile.TemporaryDirectory() as to:
        empty = faceless(annotations, annotated, options.faceless, yunet, side, to)
        pictures = sorted({os.path.join(annotated, a["file"]) for a in annotations})
        listing = os.path.join(to, "list.json")
        json.dump(pictures + empty, open(listing, "w"))
        found = {f["file"]: {"ours": f["ours"]} for f in searched(options, listing, True)}
        for alone in searched(options, listing, False):
            found[alone["file"]].update({"detector alone": alone["ours"], "dlib": alone["dlib"]})
        for path in pictures + empty:
            found[path]["yunet"] = yunet.faces(cv2.imread(path), side)
    groups = {}
    for annotation in annotations:
        pose = annotation.get("pose")
        yaw = abs(pose[1]) if pose else yaw_of(annotation["landmarks68"])
        bands = [annotation["set"], "yaw < 45" if yaw < 45 else "yaw 45 to 90"]
        for band in bands:
            groups.setdefault(band, []).append(annotation)
    print(f"{len(empty)} pictures without faces")
    for name in ("ours", "detector alone", "yunet") + (("dlib",) if options.dlib else ()):
        false = sorted((f[4] for path in empty for f in found[path][name]), reverse=True)
        allowed = max(1, len(empty) // 100)
        threshold = false[allowed] if len(false) > allowed else (0 if name != "dlib" else -0.5)
        row = [f"{name}: threshold {threshold:.3f}"]
        for band, members in sorted(groups.items()):
            hits = 0
            for annotation in members:
                box = face_box(annotation["landmarks68"])
                faces = found[os.path.join(annotated, annotation["file"])][name]
                hits += any(f[4] > threshold and overlap(f, box) >= 0.35 for f in faces)
            row.append(f"{band} ({len(members)}) {100 * hits / len(members):.1f}")
        print(" | ".join(row))


main()
