#!/usr/bin/env python3
"""Near-duplicates: how many are found, how many are none, which are kept, and how long it takes,
beside imagededup (pip install imagededup) on the same faces in the same run.

usage: dedup.py CURATE DEDUP_BENCH [PEOPLE [MOMENTS]]

dedup-bench renders for each person a clip whose moments all differ, by 4 degrees of a turn, half an
expression or 35 degrees of the light at least, with two frames on the way from one to the next, and
the same with pulldown. ffmpeg makes copies of the first: a low bit rate, half size, 5 % cut off,
brighter and darker by gamma. Pairs of faces count that are moments: right where both show the same
one. imagededup sees the very crops that are in the catalogue.
"""
import collections
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

COPIES = {
    "low": ["-crf", "34"],
    "half": ["-vf", "scale=iw/2:ih/2", "-crf", "20"],
    "crop": ["-vf", "crop=608:342", "-crf", "18"],
    "bright": ["-vf", "eq=gamma=1.3", "-crf", "18"],
    "dark": ["-vf", "eq=gamma=0.77", "-crf", "18"],
}
LOSSY = {"low", "half"}
STRIDE = 3


def make_videos(bench, folder, people, moments):
    subprocess.run([bench, "render", folder, str(people), str(moments)], check=True)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".mp4") or "-" in name:
            continue
        for copy, options in COPIES.items():
            subprocess.run(
                ["ffmpeg", "-v", "error", "-i", f"{folder}/{name}", "-an", "-c:v", "libx264", *options,
                 "-fps_mode", "passthrough", f"{folder}/{name[:-4]}-{copy}.mp4"], check=True)


def read_faces(workspace, videos):
    """id of each face -> (person, frame of the first clip), kind, crop, id of the face that is kept."""
    database = sqlite3.connect(f"{workspace}/catalog.sqlite")
    rows = database.execute(
        """SELECT face.id, video.name, ordinal, crop_name, best_id FROM face
           JOIN video ON video.id = video_id LEFT JOIN duplicate ON duplicate.id = duplicate_id""")
    faces = {}
    for face, name, ordinal, crop, best in rows.fetchall():
        person, _, kind = name[:-4].partition("-")
        frame = ordinal
        if kind == "pulldown":
            with open(f"{videos}/{person}-pulldown.json") as order:
                frame = json.load(order)[ordinal]
        faces[face] = ((person, frame), kind or "plain", crop, best or face)
    return faces


def pairs(groups):
    return {pair for group in groups.values() for pair in itertools.combinations(sorted(group), 2)}


def grouped(faces, key):
    groups = collections.defaultdict(list)
    for face, facts in faces.items():
        groups[key(facts)].append(face)
    return groups


def scores(found, true):
    right = len(found & true)
    return right / max(1, len(found)), right / len(true)


def report(what, found, true, seconds, more=""):
    precision, recall = scores(found, true)
    print(f"| {what} | {precision:.4f} | {recall:.4f} | {seconds:.1f} s | {more} |", flush=True)


def kept_best(all_faces, moments):
    """Of clusters that hold a moment which lost nothing, how many keep a face that lost nothing."""
    clusters = grouped(moments, lambda facts: facts[3])
    mixed = [
        best for best, group in clusters.items()
        if len(group) > 1 and any(moments[face][1] not in LOSSY for face in group)]
    return sum(all_faces[best][1] not in LOSSY for best in mixed), len(mixed)


def compare(workspace, folder, faces, moments, true):
    try:
        from imagededup.methods import AHash, DHash, PHash, WHash
    except ImportError:
        print("imagededup is not installed: pip install imagededup")
        return
    crops = f"{folder}/crops"
    archive = sqlite3.connect(f"{workspace}/crops.sqlar")
    os.mkdir(crops)
    for face, facts in faces.items():
        data, = archive.execute("SELECT data FROM sqlar WHERE name = ?", (facts[2],)).fetchone()
        with open(f"{crops}/{face}.jpg", "wb") as file:
            file.write(data)
    for method in (PHash, DHash, WHash, AHash):
        hasher = method(verbose=False)
        start = time.time()
        codes = hasher.encode_images(image_dir=crops)
        matches = hasher.find_duplicates(encoding_map=codes, max_distance_threshold=10, scores=True)
        seconds = time.time() - start
        by_limit = collections.defaultdict(set)
        for name, others in matches.items():
            one = int(name[:-4])
            for other, distance in others:
                two = int(other[:-4])
                if one in moments and two in moments:
                    by_limit[int(distance)].add((min(one, two), max(one, two)))
        found, best, at_best, best_mean = set(), "", "", 0
        for limit in range(11):
            found = found | by_limit[limit]
            precision, recall = scores(found, true)
            mean = 2 * precision * recall / max(1e-9, precision + recall)
            if limit == 0:
                best = f"0 bits: {precision:.3f}, {recall:.3f}"
            if mean >= best_mean:
                best_mean, at_best = mean, f"best F1, {limit} bits: {precision:.3f}, {recall:.3f}"
        report(f"imagededup {method.__name__}, 10 bits", found, true, seconds, f"{best}; {at_best}")


def main():
    curate, bench = sys.argv[1:3]
    people = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    moments_each = int(sys.argv[4]) if len(sys.argv) > 4 else 40
    folder = tempfile.mkdtemp(prefix="dedup-")
    videos, workspace = f"{folder}/videos", f"{folder}/workspace"
    make_videos(bench, videos, people, moments_each)
    command = [curate, "--workspace", workspace]
    subprocess.run([curate, "init", workspace], check=True, capture_output=True)
    subprocess.run(command + ["import", "--quiet", videos], check=True)
    start = time.time()
    subprocess.run(command + ["dedup", "--quiet"], check=True, capture_output=True)
    first = time.time() - start
    start = time.time()
    subprocess.run(command + ["dedup", "--quiet"], check=True, capture_output=True)
    again = time.time() - start
    faces = read_faces(workspace, videos)
    moments = {face: facts for face, facts in faces.items() if facts[0][1] % STRIDE == 0}
    true = pairs(grouped(moments, lambda facts: facts[0]))
    found = pairs(grouped(moments, lambda facts: facts[3]))
    kept, clusters = kept_best(faces, moments)
    print(f"{len(faces)} faces, {len(moments)} of them of {people * moments_each} moments, "
          f"{len(true)} true pairs; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print("| what | precision | recall | time | more |\n| --- | --- | --- | --- | --- |")
    report("curate dedup", found, true, first,
           f"best kept in {kept} of {clusters} clusters; hashed already: {again:.1f} s")
    missed = collections.Counter(
        "+".join(sorted((moments[a][1], moments[b][1]))) for a, b in true - found)
    compare(workspace, folder, faces, moments, true)
    print("missed pairs:", dict(missed.most_common(6)))
    shutil.rmtree(folder)


main()
