"""The import that a weekend gives: OpenCV decodes, dlib looks for faces in every frame and marks
them, and the same 256 pixel crops go to a folder as JPEG. One process, as such scripts are.

Usage: python python_pipeline.py LANDMARKS.dat FOLDER CLIP... [--upsample N]
Needs: pip install dlib-bin opencv-python-headless (or dlib and opencv-python)
Prints: frames, faces, seconds.
"""

import argparse
import os
import time

import cv2
import dlib
import numpy as np

# The corners of a face in the unit square of a "full" crop are about these parts of its box.
MARGIN = 0.25


def crop_matrix(points, size):
    """Rotates the eyes level and brings brows and chin to fixed heights."""
    eyes = (points[36:42].mean(axis=0), points[42:48].mean(axis=0))
    across = eyes[1] - eyes[0]
    angle = np.degrees(np.arctan2(across[1], across[0]))
    low, high = points.min(axis=0), points.max(axis=0)
    side = max(high - low) * (1 + 2 * MARGIN)
    middle = (low + high) / 2
    matrix = cv2.getRotationMatrix2D(tuple(float(v) for v in middle), angle, size / side)
    matrix[:, 2] += size / 2 - middle
    return matrix


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("landmarks")
    parser.add_argument("folder")
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--upsample", type=int, default=0)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(options.landmarks)
    frames = faces = 0
    start = time.perf_counter()
    for clip in options.clips:
        name = os.path.splitext(os.path.basename(clip))[0]
        video = cv2.VideoCapture(clip)
        index = 0
        while True:
            is_read, frame = video.read()
            if not is_read:
                break
            gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
            for place, box in enumerate(detector(gray, options.upsample)):
                shape = predictor(gray, box)
                points = np.array([(p.x, p.y) for p in shape.parts()], dtype=np.float64)
                crop = cv2.warpAffine(
                    frame, crop_matrix(points, 256), (256, 256), flags=cv2.INTER_AREA)
                path = os.path.join(options.folder, f"{name}_{index:06d}_{place}.jpg")
                cv2.imwrite(path, crop, [cv2.IMWRITE_JPEG_QUALITY, 95])
                faces += 1
            index += 1
        frames += index
    seconds = time.perf_counter() - start
    print(f"frames={frames} faces={faces} seconds={seconds:.3f}")


if __name__ == "__main__":
    main()
