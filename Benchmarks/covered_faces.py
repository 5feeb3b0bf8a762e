#!/usr/bin/env python3
"""How well `occluded`, and `doubt`, the spread that the landmark network gives its own points, tell that something
is before a face: annotated faces as they are and with mouth, eyes, half of the face or fingers drawn over them.

Usage: covered_faces.py FACENET-BENCH LANDMARKS.safetensors ANNOTATED   (needs cv2 and numpy)
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import cv2
import numpy as np

bench, weights, annotated = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
random.seed(1)
noise = np.random.default_rng(1)


def region(kind, points, shape):
    """What is covered: 255 in a picture of that height and width."""
    mask = np.zeros(shape[:2], np.uint8)
    eyes = np.linalg.norm(points[36] - points[45])
    along = (points[45] - points[36]) / eyes
    down = np.array([-along[1], along[0]])
    if kind == "mouth":
        axes = (int(0.75 * eyes), int(0.5 * eyes))
        cv2.ellipse(mask, points[48:68].mean(0).astype(int).tolist(), axes, 0, 0, 360, 255, -1)
    elif kind == "eyes":
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
        center = ((points[36] + points[45]) / 2).tolist()
        box = cv2.boxPoints((center, (1.5 * eyes, 0.5 * eyes), angle))
        cv2.fillConvexPoly(mask, box.astype(int), 255)
    elif kind == "half":
        out = 3 * eyes * along * random.choice([-1, 1])
        ends = [points[30] - 3 * eyes * down, points[30] + 3 * eyes * down]
        cv2.fillConvexPoly(mask, np.array([ends[0], ends[1], ends[1] + out, ends[0] + out]).astype(int), 255)
    elif kind == "fingers":
        center = points[random.choice([3, 13, 48, 54])]
        way = np.array([random.uniform(-1, 1), random.uniform(-1, 0.2)])
        way /= np.linalg.norm(way)
        for finger in range(4):
            start = center + np.array([-way[1], way[0]]) * (finger - 1.5) * 0.24 * eyes
            tip = start + way * random.uniform(0.5, 0.9) * eyes
            cv2.line(mask, (start - 1.5 * eyes * way).astype(int).tolist(), tip.astype(int).tolist(), 255,
                     max(1, int(0.2 * eyes)))
    return mask, eyes


def covered(image, kind, points, textures):
    if kind == "bare":
        return image
    mask, eyes = region(kind, points, image.shape)
    height, width = image.shape[:2]
    if kind in ("mouth", "half"):
        other = cv2.imread(str(annotated / random.choice(textures)))
        side = max(8, min(other.shape[:2]) // 4)
        paint = cv2.resize(other[:side, :side], (width, height)).astype(float)
    else:
        nose = points[28:31].astype(int).clip(0, [width - 1, height - 1])
        level = 40.0 if kind == "eyes" else 0.85 * np.median(image[nose[:, 1], nose[:, 0]], axis=0)
        paint = level + noise.normal(0, 5, image.shape)
    share = cv2.GaussianBlur(mask, (0, 0), max(0.6, 0.02 * eyes))[..., None] / 255
    return np.clip(image * (1 - share) + paint * share, 0, 255).astype(np.uint8)


faces = json.loads((annotated / "annotations.json").read_text())
textures = [face["file"] for face in faces if face["set"] == "helen_test"]
faces = [face for face in faces if face["set"] in ("ytf_test", "helen_test")]
random.shuffle(faces)
faces = faces[:240]
told = {}
with tempfile.TemporaryDirectory() as folder:
    for kind in ("bare", "mouth", "eyes", "half", "fingers"):
        part = pathlib.Path(folder, kind)
        part.mkdir()
        listed = []
        for index, face in enumerate(faces):
            points = np.array(face["landmarks68"], float).reshape(68, 2)
            image = cv2.imread(str(annotated / face["file"]))
            cv2.imwrite(str(part / f"{index}.png"), covered(image, kind, points, textures))
            listed.append({**face, "file": f"{index}.png"})
        (part / "annotations.json").write_text(json.dumps(listed))
        placed = json.loads(subprocess.check_output([bench, "place", weights, str(part)]))
        told[kind] = placed
for measure in ("occluded", "doubt"):
    values = {kind: np.array([one.get(measure, 0) for one in placed]) for kind, placed in told.items()}
    bare = values.pop("bare")
    print(f"{measure}, bare: {np.quantile(bare, 0.05):.2f} to {np.quantile(bare, 0.95):.2f}, median {np.median(bare):.2f}")
    for kind, found in values.items():
        order = np.mean([(one > bare).mean() for one in found])
        share = (found > np.quantile(bare, 0.95)).mean()
        print(
            f"  {kind}: median {np.median(found):.2f}, area under the curve {order:.3f}, above p95 of bare {share:.2f},"
            f" above 0.1 {(found > 0.1).mean():.2f}")
    print(f"  bare above 0.1: {(bare > 0.1).mean():.2f}")
