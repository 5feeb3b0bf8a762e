#!/usr/bin/env python3
"""`original` trained by PyTorch on the CPU, next to ours in one run, turn about.

The same model, losses (mean absolute difference and structural dissimilarity, pixels weighed) and
optimiser, on random faces: once as one would write it first, once at the best that is known for
32-bit floats, once with bfloat16 as well.

Usage: training_torch.py TRAINING-BENCH [--threads N] [--rounds N] [--instructions avx2]
For AVX2 alone set ATEN_CPU_CAPABILITY=avx2, ONEDNN_MAX_CPU_ISA=AVX2 and
CURATE_OPENBLAS_CORETYPE=Haswell, too.
"""
import argparse
import math
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH = 16
SIDE = 64


def halve(inside, outside):
    return [nn.Conv2d(inside, outside, 5, stride=2, padding=2), nn.LeakyReLU(0.1)]


def double(inside, outside):
    return [nn.Conv2d(inside, 4 * outside, 3, padding=1), nn.LeakyReLU(0.1), nn.PixelShuffle(2)]


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            *halve(3, 128), *halve(128, 256), *halve(256, 512), *halve(512, 1024),
            nn.Flatten(), nn.Linear(1024 * 16, 1024), nn.Linear(1024, 1024 * 16),
            nn.Unflatten(1, (1024, 4, 4)), *double(1024, 512))
        self.source, self.target = (
            nn.Sequential(
                *double(512, 256), *double(256, 128), *double(128, 64),
                nn.Conv2d(64, 3, 5, padding=2), nn.Sigmoid())
            for _ in range(2))

    def forward(self, source, target, together):
        if not together:
            return self.source(self.encoder(source)), self.target(self.encoder(target))
        code = self.encoder(torch.cat([source, target]))
        return self.source(code[:BATCH]), self.target(code[BATCH:])


class Loss:
    def __init__(self, taps=11, deviation=1.5):
        bell = torch.tensor(
            [math.exp(-(((i - (taps - 1) / 2) / deviation) ** 2) / 2) for i in range(taps)])
        bell = bell / bell.sum()
        self.window = (bell[:, None] * bell).repeat(3, 1, 1, 1)
        self.margin = taps // 2

    def mean(self, x):
        return F.conv2d(x, self.window, groups=3)

    def __call__(self, answer, wanted, weights):
        answer = answer.float()
        absolute = (weights * (answer - wanted).abs()).sum((1, 2, 3)) / (3 * weights.sum((1, 2, 3)))
        mx, my = self.mean(answer), self.mean(wanted)
        xx, yy = self.mean(answer * answer) - mx * mx, self.mean(wanted * wanted) - my * my
        xy = self.mean(answer * wanted) - mx * my
        likeness = ((2 * mx * my + 1e-4) * (2 * xy + 9e-4)) / (
            (mx * mx + my * my + 1e-4) * (xx + yy + 9e-4))
        m = self.margin
        inner = weights[:, :, m:-m, m:-m]
        unlike = (inner * (1 - likeness) / 2).sum((1, 2, 3)) / (3 * inner.sum((1, 2, 3)))
        return (absolute + unlike).mean()


class Torch:
    def __init__(self, name, last=False, together=False, half=False):
        torch.manual_seed(1)
        self.name, self.together, self.half = name, together, half
        form = torch.channels_last if last else torch.contiguous_format
        self.model = Model().to(memory_format=form)
        self.adam = torch.optim.Adam(
            self.model.parameters(), lr=5e-5, betas=(0.5, 0.999), eps=1e-7, fused=together)
        self.loss = Loss()

        def faces(channels):
            return torch.rand(BATCH, channels, SIDE, SIDE).to(memory_format=form)

        self.data = [(faces(3), faces(3), faces(1)) for _ in range(2)]

    def step(self):
        (a, wanted_a, weight_a), (b, wanted_b, weight_b) = self.data
        self.adam.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            answer_a, answer_b = self.model(a, b, self.together)
        loss = self.loss(answer_a, wanted_a, weight_a) + self.loss(answer_b, wanted_b, weight_b)
        loss.backward()
        self.adam.step()
        return loss.item()

    def run(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.step()
        return time.perf_counter() - start


class Ours:
    def __init__(self, program, threads, instructions):
        command = [program, "original", "64", str(threads)] + ([instructions] if instructions else [])
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = "curate: " + self.process.stdout.readline().strip()

    def run(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline().split()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--instructions")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"PyTorch {torch.__version__}, {options.threads} threads")
    runs = [
        Ours(options.program, options.threads, options.instructions),
        Torch("as written, 32-bit"),
        Torch("best 32-bit: channels last, both sides at once, fused Adam", True, True),
        Torch("best bfloat16: the same, autocast", True, True, True),
    ]
    for run in runs:
        run.run(1)
    rates = [[] for _ in runs]
    for _ in range(options.rounds):
        for run, all_rates in zip(runs, rates):
            all_rates.append(options.steps / run.run(options.steps))
    ours = rates[0]
    for run, all_rates in zip(runs, rates):
        ratio = statistics.median(a / b for a, b in zip(ours, all_rates))
        print(
            f"{statistics.median(all_rates):6.3f} steps/s (best {max(all_rates):.3f}), "
            f"ours {ratio:.2f} times as fast: {run.name}")


main()
