#!/usr/bin/env python3
"""Moves all landmarks of a list of annotated pictures, where whoever annotated them put all of them too far aside.

usage: move_labels.py LIST RIGHT DOWN > MOVED    in percent of the root of the landmarks' box

The frames of YouTube Faces that our landmark network learned from were labelled by a network whose points lie 1 %
too far right and, it is taken, down: `move_labels.py list.json -1 -1`. A network that learns from pictures and their
mirror images cannot learn to be off to the right, so what it says of pictures it has not seen shows by how much
their labels are.
"""
import json
import sys


def moved(points, right, down):
    left, top = (min(p[axis] for p in points) for axis in (0, 1))
    width, height = max(p[0] for p in points) - left, max(p[1] for p in points) - top
    unit = (width * height) ** 0.5 / 100
    return [[round(x + right * unit, 3), round(y + down * unit, 3)] for x, y in points]


def main():
    path, right, down = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    faces = json.load(open(path))
    for face in faces:
        face["landmarks68"] = moved(face["landmarks68"], right, down)
    json.dump(faces, sys.stdout)


main()
