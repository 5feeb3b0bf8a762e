#!/usr/bin/env python3
"""How far our landmarks and dlib's lie from annotated ones, from the same faces in one run.

usage: landmarks.py FACENET_BENCH WEIGHTS ANNOTATED

FACENET_BENCH is built with CURATE_DLIB=1. Errors are means over the points, in percent of the distance of the outer
corners of the eyes; for aflw64, whose profiles have none, of the root of the box's area, over the points that are
seen: all up to 30 degrees of yaw, beyond it those of the near half. Poses are compared where they are annotated.
"""
import json
import subprocess
import sys

import numpy as np

MIRROR = (
    list(range(16, -1, -1)) + list(range(26, 16, -1)) + [27, 28, 29, 30, 35, 34, 33, 32, 31]
    + [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    + [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65])
MIDDLE = [i for i in range(68) if MIRROR[i] == i]
LEFT = list(range(8)) + list(range(17, 22)) + [31, 32] + list(range(36, 42)) + [48, 49, 50, 58, 59, 60, 61, 67]


def seen(annotation):
    """Which points of a face are taken for seen."""
    pose = annotation.get("pose")
    if not pose or abs(pose[1]) < 30:
        return list(range(68))
    points = np.array(annotation["landmarks68"])
    # The near half is the one that is wider on the picture.
    left = abs(points[0][0] - points[30][0]) > abs(points[16][0] - points[30][0])
    half = LEFT if left else [MIRROR[i] for i in LEFT]
    return sorted(half + MIDDLE)


def main():
    bench, weights, folder = sys.argv[1:4]
    annotations = json.load(open(f"{folder}/annotations.json"))
    output = subprocess.run([bench, "place", weights, folder], check=True, capture_output=True).stdout
    placings = json.loads(output)
    errors, poses, jumps = {}, [], []
    for annotation, placing in zip(annotations, placings):
        points = np.array(annotation["landmarks68"])
        used = seen(annotation)
        pose = annotation.get("pose")
        if annotation["set"] == "aflw64":
            unit = np.sqrt(np.prod(points.max(0) - points.min(0)))
        else:
            unit = np.hypot(*(points[36] - points[45]))
        groups = [annotation["set"]]
        if pose:
            groups.append("aflw64, yaw < 45" if abs(pose[1]) < 45 else "aflw64, yaw 45 to 90")
            # Annotated: pitch, yaw, roll, with their signs.
            poses.append((abs(pose[1]), pose, placing["pose"], placing["fit"]))
        for group in groups:
            row = errors.setdefault(group, {"ours": [], "dlib": [], "inner": []})
            row["ours"].append(100 * np.mean(np.array(placing["ours"])[used]) / unit)
            inner = [i for i in used if i >= 17]
            row["inner"].append(100 * np.mean(np.array(placing["ours"])[inner]) / unit)
            if placing["dlib"]:
                row["dlib"].append(100 * np.mean(np.array(placing["dlib"])[used]) / unit)
    print("| faces | number | ours, mean | ours, median | ours without the jaw, mean | dlib, mean | dlib, median |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for group, row in sorted(errors.items()):
        cells = [np.mean(row["ours"]), np.median(row["ours"]), np.mean(row["inner"])]
        cells += [np.mean(row["dlib"]), np.median(row["dlib"])] if row["dlib"] else []
        print(f"| {group} | {len(row['ours'])} | " + " | ".join(f"{c:.2f}" for c in cells) + " |")
    for name, index in (("network's pose", 2), ("fit to the landmarks", 3)):
        for low, high in ((0, 45), (45, 110)):
            rows = [p for p in poses if low <= p[0] < high]
            yaw = np.mean([abs(abs(p[index][0]) - abs(p[1][1])) for p in rows])
            pitch = np.mean([abs(p[index][1] - p[1][0]) for p in rows])
            roll = np.mean([abs(abs(p[index][2]) - abs(p[1][2])) for p in rows])
            print(f"{name}, yaw {low} to {high}: |yaw| off by {yaw:.1f}, pitch {pitch:.1f}, |roll| {roll:.1f} degrees")


main()
