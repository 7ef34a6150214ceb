"""A run as a file: Gymnasium's own pictures, at real time."""

import io

import av
import gymnasium
import numpy as np
import pytest
from PIL import Image, ImageSequence

from core.cartpole.recording import record_trajectory, render_frames
from core.cartpole.rollout import play_episode
from core.errors import Problem
from tests.carts import balancer


@pytest.fixture(scope="module")
def run():
    return play_episode(balancer(), seed=2, steps=20)


def test_the_pictures_are_gymnasiums_own(run):
    truth = gymnasium.make("CartPole-v1", render_mode="rgb_array")
    truth.reset(seed=2)
    pictures = list(render_frames(run))
    assert len(pictures) == 11
    np.testing.assert_array_equal(pictures[0], truth.render())
    for action in run.actions:
        truth.step(int(action))
    np.testing.assert_array_equal(pictures[-1], truth.render())
    truth.close()


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_an_animation_lasts_as_long_as_the_run(run, kind):
    with Image.open(io.BytesIO(record_trajectory(run, kind))) as file:
        assert file.format == kind.upper() and file.size == (600, 400)
        durations = []
        for frame in ImageSequence.Iterator(file):
            frame.load()
            durations.append(frame.info["duration"])
    assert len(durations) > 1 and sum(durations) == 11 * 40


def test_a_video_holds_every_frame(run):
    with av.open(io.BytesIO(record_trajectory(run, "mp4")), "r") as file:
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert len(frames) == 11 and frames[0].shape == (400, 600, 3)
    first = next(render_frames(run)).astype(float)
    assert np.abs(frames[0] - first).mean() < 3


def test_an_episode_of_one_step_is_a_file_too():
    assert record_trajectory(play_episode(balancer(), steps=1))


def test_another_kind_is_refused(run):
    with pytest.raises(Problem, match="webp"):
        record_trajectory(run, "avi")
