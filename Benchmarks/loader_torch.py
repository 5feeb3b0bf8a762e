#!/usr/bin/env python3
"""Our loader next to a PyTorch DataLoader over OpenCV that does the same, turn about: faces made in a
second of one core, all processes of each counted.

Each sample is decoded from JPEG, reduced to twice the network's resolution, turned, shifted,
zoomed and mirrored at random; the input is bent by a grid of 2, 4 or 8 cells and its colours
changed, the target is not, and the mask is the hull of the landmarks, blurred.

Where they differ: ours looks up every pixel in the crop, each one the mean of the area it covers; OpenCV
bends the finished target once more, which is cheaper and softer, and takes one bilinear sample of a picture
twice as large. Our mask counts eyes and mouth more, theirs does not. Ours decodes JPEG reduced; a user would
have to ask OpenCV for that by name, so it is measured without and with it.

Usage: loader_torch.py LOADER-BENCH MANIFEST CROPS.sqlar [RESOLUTION]
"""
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
import zlib

import cv2
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

SECONDS = 4


class Faces(Dataset):
    def __init__(self, manifest, crops, side):
        cv2.setNumThreads(1)
        self.side = side
        self.decoder = cv2.IMREAD_COLOR
        with open(manifest) as lines:
            rows = [json.loads(line) for line in lines][1:]
        archive = sqlite3.connect(crops)
        self.faces = []
        for row in rows:
            if row["side"] != "source" or row["split"] != "train":
                continue
            size, data = archive.execute(
                "SELECT sz, data FROM sqlar WHERE name = ?", (row["crop"]["name"],)).fetchone()
            data = data if len(data) == size else zlib.decompress(data)
            a, b, tx, c, d, ty = row["crop"]["matrix"]
            points = np.array(row["landmarks"]) @ np.array([[a, c], [b, d]]) + [tx, ty]
            self.faces.append((np.frombuffer(data, np.uint8), points, row["crop"]["size"]))

    def __len__(self):
        return 1 << 30

    def __getitem__(self, number):
        random = np.random.default_rng(number)
        data, points, size = self.faces[number % len(self.faces)]
        side = self.side
        image = cv2.imdecode(data, self.decoder)
        image = cv2.resize(image, (2 * side, 2 * side), interpolation=cv2.INTER_AREA)
        points = points * (2 * side / size)
        turn = cv2.getRotationMatrix2D(
            (side, side), random.uniform(-10, 10), 0.5 * (1 + random.uniform(-0.05, 0.05)))
        turn[:, 2] += random.uniform(-0.05, 0.05, 2) * side - side / 2
        if random.random() < 0.5:
            turn[0] = -turn[0]
            turn[0, 2] += side - 1
        target = cv2.warpAffine(
            image, turn, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cells = int(random.choice([2, 4, 8]))
        nodes = np.zeros((cells + 1, cells + 1, 2), np.float32)
        moves = np.clip(random.normal(size=(cells - 1, cells - 1, 2)) / 2.5, -1, 1)
        nodes[1:-1, 1:-1] = moves * 0.24 * side / cells
        field = cv2.resize(nodes, (side, side), interpolation=cv2.INTER_CUBIC)
        grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).astype(np.float32) + field
        bent = cv2.remap(
            target, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        hull = cv2.convexHull((points @ turn[:, :2].T + turn[:, 2]).astype(np.int32))
        mask = np.zeros((side, side), np.float32)
        cv2.fillConvexPoly(mask, hull, 1)
        mask = cv2.GaussianBlur(mask, (0, 0), side / 32)
        bent = bent.astype(np.float32) / 255 * random.uniform(0.9, 1.1, 3).astype(np.float32)
        target = target.astype(np.float32) / 255
        return (np.ascontiguousarray(bent.transpose(2, 0, 1)),
                np.ascontiguousarray(target.transpose(2, 0, 1)), mask[None])


def used(pids):
    """Seconds of all cores together that these processes have used."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            ticks += sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def torch_rate(faces):
    # One worker process makes the batches, this one receives them: both count.
    loader = iter(DataLoader(faces, batch_size=16, num_workers=1, prefetch_factor=4))
    pids = [os.getpid()] + [worker.pid for worker in loader._workers]
    for _ in range(5):
        next(loader)
    start, samples = used(pids), 0
    while used(pids) - start < SECONDS:
        samples += len(next(loader)[0])
    return samples / (used(pids) - start)


def main():
    program, manifest, crops = sys.argv[1:4]
    side = sys.argv[4] if len(sys.argv) > 4 else "128"
    torch.set_num_threads(1)
    decoders = {"as a user writes it": cv2.IMREAD_COLOR}
    reduced = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}
    faces = Faces(manifest, crops, int(side))
    factor = faces.faces[0][2] // (2 * int(side))
    if factor in reduced:
        decoders["decoding reduced"] = reduced[factor]
    ratios = {name: [] for name in decoders}
    for _ in range(3):
        for name, faces.decoder in decoders.items():
            ours = float(subprocess.run(
                [program, manifest, crops, side, str(SECONDS)], check=True, capture_output=True,
                text=True).stdout)
            theirs = torch_rate(faces)
            ratios[name].append(ours / theirs)
            print(f"ours {ours:.0f} faces/s, DataLoader with OpenCV {name} {theirs:.0f}: "
                  f"{ours / theirs:.2f}")
    for name, found in ratios.items():
        print(f"{side} px, DataLoader {name}: {statistics.median(found):.2f} times as fast")


main()
