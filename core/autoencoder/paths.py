"""Ways from one code to another: through the digits that lie between, at an even pace."""

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from sklearn.neighbors import NearestNeighbors

SHORTEST = 1e-12  # a sparse graph takes a length of zero for no edge at all


def neighbour_graph(codes: np.ndarray, distances: np.ndarray, indices: np.ndarray) -> csr_array:
    """The symmetric graph (N, N) of nearest neighbours, made connected.

    codes (N, C); distances and indices (N, K) of each code's neighbours. Where the graph falls
    apart, each part is tied to its closest neighbour part until one is left (Borůvka's minimum
    spanning tree), so that there is a way between any two codes.
    """
    count, k = indices.shape
    starts = [np.repeat(np.arange(count), k)]
    ends = [indices.reshape(-1)]
    lengths = [distances.reshape(-1)]
    while True:
        graph = _symmetric(np.concatenate(starts), np.concatenate(ends), np.concatenate(lengths))
        parts, part_of = connected_components(graph, directed=False)
        if parts == 1:
            return graph
        largest = np.bincount(part_of).argmax()
        for part in range(parts):
            if part != largest:
                start, end, length = _closest_pair(codes, part_of == part)
                starts.append(start)
                ends.append(end)
                lengths.append(length)


def _symmetric(starts: np.ndarray, ends: np.ndarray, lengths: np.ndarray) -> csr_array:
    count = int(max(starts.max(), ends.max())) + 1
    edges = coo_array((np.maximum(lengths, SHORTEST), (starts, ends)), (count, count)).tocsr()
    return csr_array(edges.maximum(edges.T))


def _closest_pair(codes: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, ...]:
    """The shortest link from the codes inside a part to those outside: start, end, length (1,)."""
    members, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    distances, nearest = (
        NearestNeighbors(n_neighbors=1).fit(codes[others]).kneighbors(codes[members])
    )
    best = distances.argmin(keepdims=True)[0]
    return members[best], others[nearest[best, 0]], distances[best, 0]


def shortest(graph: csr_array, start: int, end: int) -> tuple[list[int], float]:
    """The nodes of the shortest way between two, ends included, and its length (Dijkstra 1959)."""
    lengths, previous = dijkstra(graph, indices=start, return_predecessors=True)
    stops = [end]
    while stops[-1] != start:
        stops.append(int(previous[stops[-1]]))
    return stops[::-1], float(lengths[end])


def resample(codes: np.ndarray, frames: int) -> np.ndarray:
    """As many codes as `frames`, evenly spaced by length along the line through codes (S, C)."""
    steps = np.linalg.norm(np.diff(codes, axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.linspace(0, travelled[-1], frames)
    columns = [np.interp(places, travelled, column) for column in codes.T]
    return np.stack(columns, axis=1).astype(np.float32)
