"""The verbs of the autoencoder: known answers."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from core import mnist
from core.autoencoder import explore, latent_space, paths
from core.autoencoder.config import (
    DeepConfig,
    DenoisingConfig,
    PlainConfig,
    SparseConfig,
    VariationalConfig,
)
from core.autoencoder.model import Autoencoder, VariationalAutoencoder, build

CONFIGS = [
    PlainConfig(),
    PlainConfig(code_size=2),
    DeepConfig(width=32, code_size=5),
    VariationalConfig(width=32),
    VariationalConfig(width=32, code_size=2),
    DenoisingConfig(width=32),
    SparseConfig(code_size=16),
]


class Picker(Autoencoder):
    """Its code is the first C pixels, and it draws them as it found them."""

    def __init__(self, config):
        nn.Module.__init__(self)
        self.config = config
        self.unused = nn.Parameter(torch.zeros(()))

    def encode(self, images):
        return images[:, : self.config.code_size]

    def decode(self, codes):
        padding = torch.zeros(len(codes), mnist.PIXELS - codes.shape[1])
        return torch.cat([codes.clamp(0, 1), padding], dim=1)


def digits(count=120, seed=0):
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 256, (count, mnist.PIXELS), dtype=np.uint8)
    return images, generator.integers(0, 10, count)


def pixels(images):
    return images.astype(np.float32) / 255


def picked(codes):
    """A network and a latent space whose codes are these, in 255ths."""
    codes = np.asarray(codes)
    images = np.zeros((len(codes), mnist.PIXELS), np.uint8)
    images[:, : codes.shape[1]] = codes
    model = Picker(PlainConfig(code_size=codes.shape[1]))
    return model, latent_space.build(model, images, np.zeros(len(codes)))


@pytest.fixture(params=CONFIGS, ids=lambda config: f"{type(config).__name__}-{config.code_size}")
def known(request):
    model = build(request.param)
    return model, latent_space.build(model, *digits())


def test_every_network_lets_itself_be_explored(known):
    model, space = known
    size = model.config.code_size
    image = pixels(digits()[0])[7]
    location = explore.locate(model, space, image)
    assert location.neighbours[0] == 7 and location.distances[0] == pytest.approx(0, abs=1e-3)
    assert location.error == pytest.approx(space.errors[7], rel=1e-4)
    np.testing.assert_allclose(location.point, space.points[7], atol=1e-3)
    path = explore.walk(model, space, 3, 9, 12)
    assert path.codes.shape == (12, size) and path.pixels.shape == (12, 784)
    grid = explore.slice_plane(model, space, resolution=4)
    assert grid.pixels.shape == (16, 784)
    assert 0 <= grid.pixels.min() <= grid.pixels.max() <= 1
    assert space.confusion.sum() == len(space) and 0 <= space.accuracy <= 1
    assert (space.ranges[:, 0] < space.ranges[:, 1]).all()


def test_every_network_returns_from_the_view(known):
    model, space = known
    view, size = space.view, model.config.code_size
    again = view.to_view(view.from_view(space.points))
    np.testing.assert_allclose(again, space.points, atol=1e-4)
    gram = view.axes.T @ view.axes
    np.testing.assert_allclose(gram, np.diag([1.0, 1.0, float(size > 2)]), atol=1e-5)
    if size <= 3:
        np.testing.assert_array_equal(view.from_view(space.points), space.codes)
        assert view.variance_explained.sum() == pytest.approx(1, abs=1e-5)


def test_sparse_codes_from_the_view_stay_sigmoids():
    space = latent_space.build(build(SparseConfig(code_size=16)), *digits())
    codes = space.view.from_view(np.array([[50.0, -50.0, 50.0]]))
    assert codes.min() == 0 and codes.max() == 1


def test_encode_and_decode_are_the_networks_own():
    model = build(VariationalConfig(width=32))
    assert isinstance(model, VariationalAutoencoder)
    images = pixels(digits()[0])
    result = explore.encode(model, images)
    assert result.deviations is not None
    with torch.no_grad():
        mean, log_variance = model.posterior(torch.from_numpy(images))
        drawn = model.decode(mean)
    np.testing.assert_allclose(result.codes, mean, atol=1e-5)
    np.testing.assert_allclose(result.deviations, log_variance.exp().sqrt(), rtol=1e-4)
    back = explore.reconstruct(model, images)
    np.testing.assert_allclose(back.pixels, drawn, atol=1e-5)
    np.testing.assert_allclose(back.errors, ((drawn.numpy() - images) ** 2).mean(1), rtol=1e-4)
    assert explore.encode(build(PlainConfig()), images).deviations is None
    assert explore.decode(model, np.empty((0, 3))).shape == (0, 784)


def test_interpolation_is_straight_and_ends_where_told():
    model = build(PlainConfig())
    start, end = np.array([0.5, -3.0, 2.0]), np.array([1.5, 4.0, 2.0])
    ends = np.stack([start, end])
    path = explore.interpolate(model, start, end, 9)
    np.testing.assert_array_equal(path.codes[[0, 4, 8]], [start, (start + end) / 2, end])
    np.testing.assert_allclose(path.pixels[[0, 8]], explore.decode(model, ends), atol=1e-6)
    assert path.length == pytest.approx(np.sqrt(50)) and path.stops.size == 0


def test_a_walk_passes_neighbours_at_an_even_pace_and_is_no_shorter_than_straight():
    model = build(PlainConfig())
    space = latent_space.build(model, *digits(300))
    for start, end in [(0, 1), (5, 250), (299, 17)]:
        path = explore.walk(model, space, start, end, 40)
        np.testing.assert_allclose(path.codes[[0, -1]], space.codes[[start, end]], atol=1e-6)
        assert list(path.stops[[0, -1]]) == [start, end]
        indices = space.neighbours[1]
        for a, b in zip(path.stops[:-1], path.stops[1:], strict=True):
            assert b in indices[a] or a in indices[b]
        straight = np.linalg.norm(space.codes[start] - space.codes[end])
        hops = np.linalg.norm(np.diff(space.codes[path.stops], axis=0), axis=1)
        assert path.length == pytest.approx(hops.sum(), rel=1e-5)
        assert path.length >= straight - 1e-5
    still = explore.walk(model, space, 4, 4, 5)
    np.testing.assert_allclose(still.codes, np.tile(space.codes[4], (5, 1)))


def test_a_walk_goes_round_a_hole():
    angles = np.linspace(0, 1.5 * np.pi, 200)
    ring = 127 + 120 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    model, space = picked(ring.astype(int))
    path = explore.walk(model, space, 0, 199, 60)
    radius = np.linalg.norm(path.codes * 255 - 127, axis=1)
    assert radius.min() > 110  # the straight line comes as near as 85
    assert path.length == pytest.approx(1.5 * np.pi * 120 / 255, rel=0.02)
    steps = np.linalg.norm(np.diff(path.codes, axis=0), axis=1)
    assert steps.max() < 1.2 * steps.min()


def test_islands_are_joined_by_their_closest_pairs():
    generator = np.random.default_rng(0)
    islands = [generator.integers(0, 20, (30, 3)) + offset for offset in (0, 100, 220)]
    codes = np.concatenate([*islands, np.full((30, 3), 60)])  # thirty digits with one code
    model, space = picked(codes)
    for end in (31, 61, 91):
        path = explore.walk(model, space, 0, end, 10)
        assert path.length >= np.linalg.norm(space.codes[0] - space.codes[end]) - 1e-6
    lengths = space.graph.tocoo()
    long = lengths.data[(lengths.row < 30) & (lengths.col >= 30)]
    gaps = np.linalg.norm(space.codes[:30, None] - space.codes[None, 30:], axis=2)
    assert long.min() == pytest.approx(gaps.min(), rel=1e-5)


def test_resampling_is_even_by_length():
    corner = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 0.0], [3.0, 1.0]])
    expected = [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]]
    np.testing.assert_allclose(paths.resample(corner, 5), expected, atol=1e-6)


def test_the_plane_is_decoded_where_it_says():
    model, space = picked(np.random.default_rng(0).integers(0, 256, (200, 3)))
    grid = explore.slice_plane(model, space, axes=(2, 0), fixed=0.25, resolution=3)
    codes = grid.pixels[:, :3].reshape(3, 3, 3)
    for row, column in np.ndindex(3, 3):
        expected = np.clip(np.array([grid.second[row], 0.25, grid.first[column]]), 0, 1)
        np.testing.assert_allclose(codes[row, column], expected, atol=1e-6)
    np.testing.assert_allclose(grid.first[[0, -1]], space.ranges[2])
    assert explore.slice_plane(model, space).fixed == pytest.approx(space.ranges[2].mean())


def test_the_percentile_grows_with_the_error():
    space = latent_space.build(build(PlainConfig()), *digits())
    shares = [space.error_percentile(error) for error in np.linspace(0, 1, 50)]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert space.error_percentile(float(np.sort(space.errors)[60])) == 0.5


def test_confusion_is_leave_one_out_classification():
    from sklearn.neighbors import KNeighborsClassifier

    space = latent_space.build(build(PlainConfig()), *digits(60))
    expected = np.zeros((10, 10), int)
    for index in range(60):
        rest = np.arange(60) != index
        vote = KNeighborsClassifier(5).fit(space.codes[rest], space.labels[rest])
        expected[space.labels[index], vote.predict(space.codes[[index]])[0]] += 1
    np.testing.assert_array_equal(space.confusion, expected)
    assert space.accuracy == pytest.approx(expected.trace() / 60)


def test_a_latent_space_takes_tensors_and_has_a_limit():
    images, labels = digits()
    tensors = torch.from_numpy(images), torch.from_numpy(labels)
    space = latent_space.build(build(PlainConfig()), *tensors, 50)
    assert len(space) == 50 and space.deviations is None and space.kl is None
    with pytest.raises(ValueError):
        latent_space.build(build(PlainConfig()), pixels(images), labels)


def test_corruption_is_clipped_and_seeded():
    images = pixels(digits()[0])
    np.testing.assert_array_equal(explore.corrupt(images, 0.0, 0.0, 1), images)
    noisy = explore.corrupt(images, 0.5, 0.3, 1)
    np.testing.assert_array_equal(noisy, explore.corrupt(images, 0.5, 0.3, 1))
    assert (noisy != explore.corrupt(images, 0.5, 0.3, 2)).any()
    assert noisy.min() == 0 and noisy.max() == 1
    masked = explore.corrupt(np.ones((50, 784)), 0.0, 0.3, 1)
    assert (masked == 0).mean() == pytest.approx(0.3, abs=0.01)


def test_comparison_measures_against_the_clean_image():
    models = {"picker": Picker(PlainConfig()), "plain": build(PlainConfig())}
    image = np.zeros(784)
    image[:3] = 0.5, 0.25, 1.0
    result = explore.compare(models, image, 0.4, 0.1, 3)
    np.testing.assert_array_equal(result.corrupted, explore.corrupt(image[None], 0.4, 0.1, 3)[0])
    expected = np.square(result.corrupted[:3] - image[:3]).sum() / 784
    assert result.errors["picker"] == pytest.approx(expected, rel=1e-5)
    assert result.corrupted_error > result.errors["picker"]
    assert set(result.pixels) == set(models)


def test_the_ellipsoid_is_two_deviations_along_each_axis():
    model = build(VariationalConfig(width=32))
    space = latent_space.build(model, *digits())
    image = pixels(digits()[0])[0]
    shape = explore.posterior(model, space, image)
    np.testing.assert_allclose(shape.centre, space.codes[0], atol=1e-5)
    lengths = np.linalg.norm(shape.axes, axis=1)
    np.testing.assert_allclose(lengths, 2 * np.sort(shape.deviations)[::-1], rtol=1e-4)
    along = np.abs(shape.axes).max(axis=0)  # the view is the code itself
    np.testing.assert_allclose(along, 2 * shape.deviations, rtol=1e-4)
    mean, variance = shape.mean, shape.deviations**2
    expected = 0.5 * (mean**2 + variance - 1 - np.log(variance))
    np.testing.assert_allclose(shape.kl, expected, rtol=1e-3, atol=1e-6)
    assert space.kl is not None and space.kl.shape == (3,)


def test_the_ellipsoid_of_a_wide_code_holds_its_draws():
    model = build(VariationalConfig(width=32, code_size=8))
    space = latent_space.build(model, *digits())
    image = pixels(digits()[0])[0]
    shape = explore.posterior(model, space, image)
    draws = space.view.to_view(explore.resample(model, image, 400, 0).codes)
    within = np.linalg.norm((draws - shape.centre) @ np.linalg.inv(shape.axes), axis=1) <= 1
    assert within.mean() == pytest.approx(0.739, abs=0.07)  # of a 3-D Gaussian, within 2 σ


def test_draws_are_seeded_and_standard():
    model = build(VariationalConfig(width=32))
    draws = explore.sample_prior(model, 400, 5)
    again = explore.sample_prior(model, 400, 5)
    np.testing.assert_array_equal(draws.pixels, again.pixels)
    assert (draws.codes != explore.sample_prior(model, 400, 6).codes).any()
    assert abs(draws.codes.mean()) < 0.1 and draws.codes.std() == pytest.approx(1, abs=0.05)


def test_results_are_frozen():
    space = latent_space.build(build(PlainConfig()), *digits())
    with pytest.raises(dataclasses.FrozenInstanceError):
        space.errors = np.zeros(1)  # type: ignore[misc]


@pytest.mark.data
def test_the_latent_space_of_all_test_digits():
    data = mnist.load(download=False)
    data.require_test()
    space = latent_space.build(build(PlainConfig()), *data.shown)
    assert len(space) == 10_000 and space.graph.shape == (10_000, 10_000)
