import sys

import yaml

from flowers.jobs import train


def main():
    with open(sys.argv[1]) as f:
        job = yaml.safe_load(f)
    train(job)
