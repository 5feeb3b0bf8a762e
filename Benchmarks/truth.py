#!/usr/bin/env python3
"""How far landmarks and poses of a catalogue are from the truth of its synthetic clips.

Usage: truth.py WORKSPACE CLIPS

Landmarks: mean distance of the 68 points in percent of the distance between the eyes' centres.
Pose: the angle of the rotation between the found and the true pose, and the mean absolute error of
each angle, in degrees. By bands of true yaw. Needs Python 3 only.
"""
import json
import math
import pathlib
import sqlite3
import struct
import sys


def angle_between(p, q):
    return math.degrees(2 * math.acos(min(1.0, abs(sum(a * b for a, b in zip(p, q))))))


def eyes(points):
    def mean(indices):
        return [sum(points[i][k] for i in indices) / len(indices) for k in (0, 1)]
    return math.dist(mean(range(36, 42)), mean(range(42, 48)))


def main(workspace, clips):
    database = sqlite3.connect(f"file:{workspace}/catalog.sqlite?mode=ro", uri=True)
    rows = []
    for truth_path in sorted(pathlib.Path(clips).glob("*.jsonl")):
        truth = [json.loads(line) for line in truth_path.read_text().splitlines()]
        found = {
            row[0]: row for row in database.execute(
                """SELECT face.ordinal, face.landmarks, pose_w, pose_x, pose_y, pose_z,
                   yaw, pitch, roll FROM face JOIN video ON video.id = face.video_id
                   WHERE video.name = ? ORDER BY face.score""",
                (truth_path.with_suffix(".mp4").name,))
        }
        for frame in truth:
            yaw = frame["yaw"]
            row = found.get(frame["frame"])
            if row is None:
                rows.append((yaw, None))
                continue
            numbers = struct.unpack("<136f", row[1])
            points = list(zip(numbers[0::2], numbers[1::2]))
            size = eyes(frame["landmarks"])
            error = sum(math.dist(a, b) for a, b in zip(points, frame["landmarks"])) / 68
            rows.append((yaw, (
                100 * error / size, angle_between(row[2:6], frame["quaternion"]),
                abs(row[6] - yaw), abs(row[7] - frame["pitch"]), abs(row[8] - frame["roll"]),
                row[6] - yaw, row[7] - frame["pitch"])))
    print("| true yaw | frames | found | landmarks % | pose ° | yaw ° | pitch ° | roll ° "
          "| yaw bias ° | pitch bias ° |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for low, high in ((0, 15), (15, 30), (30, 40), (40, 90), (0, 40), (0, 90)):
        band = [row for row in rows if low <= abs(row[0]) < high]
        hits = [row[1] for row in band if row[1]]
        if not band:
            continue
        means = [sum(hit[i] for hit in hits) / max(1, len(hits)) for i in range(7)]
        print(f"| {low}–{high} | {len(band)} | {100 * len(hits) / len(band):.1f} % | "
              + " | ".join(f"{value:.2f}" for value in means) + " |")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
