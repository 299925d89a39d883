"""What operators compute, by hand: in numpy, in float64, from the text of the standard alone.

Each function takes the inputs and attributes of one recorded example, and knows no more of the
operator than that example needs: an attribute that it does not know is an error.
"""

import builtins
import functools
import itertools
import math

import numpy as np


def arg_max(X, axis, keepdims, select_last_index):
    """Of equal ones the last: counted from the end, the first."""
    assert keepdims == 1 and select_last_index == 1
    from_the_end = np.flip(X, axis).argmax(axis)
    return X.shape[axis] - 1 - np.expand_dims(from_the_end, axis)


def arg_min(X, **attributes):
    return arg_max(-X, **attributes)


def attention(
    Q,
    K,
    V,
    mask=None,
    past_key=None,
    past_value=None,
    kept=None,
    left_window_size=None,
    right_window_size=None,
    is_causal=0,
):
    """Softmax(Q K' / sqrt(d)) V; a query at i sees keys from i - left to i + right.

    If it is causal, it sees those up to itself: the last query is the last of the keys kept.
    """
    assert past_key is None and past_value is None
    scores = Q.astype(float) @ np.swapaxes(K, -1, -2) / math.sqrt(Q.shape[-1])
    queries, keys = scores.shape[-2:]
    seen = np.ones((queries, keys), bool)
    if mask is not None:
        seen = seen & mask
    for i, j in itertools.product(range(queries), range(keys)):
        if left_window_size is not None and j < i - left_window_size:
            seen[i, j] = False
        if right_window_size is not None and j > i + right_window_size:
            seen[i, j] = False
        if is_causal and j > i + kept.item() - queries:
            seen[i, j] = False
    weights = np.where(seen, np.exp(scores), 0)
    sums = weights.sum(axis=-1, keepdims=True)
    weights = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    return weights @ V


def pool_length(length, kernel, stride, before, after):
    """Return how many windows there are, the last one perhaps beyond the end (ceil_mode).

    One that would begin beyond the data is none.
    """
    windows = math.ceil((length + before + after - kernel) / stride) + 1
    if (windows - 1) * stride >= length + before:
        windows -= 1
    return windows


def average_pool(X, kernel_shape, strides, pads, ceil_mode, count_include_pad):
    assert ceil_mode == 1 and count_include_pad == 1 and pads == [1, 1, 1, 1]
    padded = np.pad(X.astype(float), [(0, 0), (0, 0), (1, 1), (1, 1)])
    rows = pool_length(X.shape[2], kernel_shape[0], strides[0], 1, 1)
    columns = pool_length(X.shape[3], kernel_shape[1], strides[1], 1, 1)
    Y = np.zeros((*X.shape[:2], rows, columns))
    for i, j in np.ndindex(rows, columns):
        top = i * strides[0]
        left = j * strides[1]
        window = padded[:, :, top : top + kernel_shape[0], left : left + kernel_shape[1]]
        Y[:, :, i, j] = window.mean(axis=(2, 3))
    return Y


def dilated_windows(X, kernel_shape, strides, dilations):
    """Return the windows (rows, columns, height, width) of an image whose pixels stand apart."""
    assert strides == [1, 1] and X.shape[:2] == (1, 1)
    tall = dilations[0] * (kernel_shape[0] - 1) + 1
    wide = dilations[1] * (kernel_shape[1] - 1) + 1
    windows = np.lib.stride_tricks.sliding_window_view(X[0, 0].astype(float), (tall, wide))
    return windows[:, :, :: dilations[0], :: dilations[1]]


def lp_pool(X, kernel_shape, strides, dilations, p):
    assert p == 2
    windows = dilated_windows(X, kernel_shape, strides, dilations)
    return np.sqrt((windows**2).sum(axis=(2, 3)))[np.newaxis, np.newaxis]


def max_pool(X, kernel_shape, strides, ceil_mode=0, storage_order=0, dilations=None):
    """The largest of each window, and where in its image it was, counted along rows or columns."""
    if dilations:
        windows = dilated_windows(X, kernel_shape, strides, dilations)
        return windows.max(axis=(2, 3))[np.newaxis, np.newaxis]
    if ceil_mode:
        rows = pool_length(X.shape[2], kernel_shape[0], strides[0], 0, 0)
        columns = pool_length(X.shape[3], kernel_shape[1], strides[1], 0, 0)
    else:
        rows = (X.shape[2] - kernel_shape[0]) // strides[0] + 1
        columns = (X.shape[3] - kernel_shape[1]) // strides[1] + 1
    Y = np.zeros((1, 1, rows, columns))
    indices = np.zeros((1, 1, rows, columns), int)
    for i, j in np.ndindex(rows, columns):
        top = i * strides[0]
        left = j * strides[1]
        window = X[0, 0, top : top + kernel_shape[0], left : left + kernel_shape[1]]
        row, column = np.unravel_index(window.argmax(), window.shape)
        Y[0, 0, i, j] = window[row, column]
        if storage_order == 0:
            indices[0, 0, i, j] = (top + row) * X.shape[3] + left + column
        else:
            indices[0, 0, i, j] = top + row + (left + column) * X.shape[2]
    return Y, indices


def bit_shift(X, shift, direction):
    """Shift one by one: beyond the width, or by less than nothing, nothing is left but the sign."""
    width = X.dtype.itemsize * 8
    Y = []
    for number, places in zip(X.tolist(), shift.tolist(), strict=True):
        if not 0 <= places < width:
            shifted = -1 if direction == "RIGHT" and number < 0 else 0
        elif direction == "LEFT":
            shifted = number << places
        else:
            shifted = number >> places
        Y.append(shifted)
    return np.array(Y).astype(X.dtype)


def cast(X, to, saturate=1):
    """The types of this list have infinities, too; saturate is about float8."""
    return X.astype({1: np.float32, 10: np.float16, 11: np.float64}[to])


def cast_like(X, target):
    return X.astype(target.dtype)


def celu(X, alpha=1.0):
    X = X.astype(float)
    return np.maximum(0, X) + np.minimum(0, alpha * (np.exp(X / alpha) - 1))


def conv_integer(X, W, x_zero_point=0, w_zero_point=0, pads=(0, 0, 0, 0)):
    """Numbers around the image are zero points: they count as zero."""
    assert tuple(pads) == (1, 1, 1, 1)
    X = np.pad(X.astype(int) - int(x_zero_point), [(0, 0), (0, 0), (1, 1), (1, 1)])
    W = W.astype(int) - np.reshape(w_zero_point, (-1, 1, 1, 1)).astype(int)
    filters, _, height, width = W.shape
    Y = np.zeros((len(X), filters, X.shape[2] - height + 1, X.shape[3] - width + 1), int)
    for n, f, i, j in np.ndindex(Y.shape):
        Y[n, f, i, j] = (X[n, :, i : i + height, j : j + width] * W[f]).sum()
    return Y


def conv_transpose(X, W, strides=(1, 1), auto_pad="NOTSET", output_shape=None):
    """Each number lays its multiple of the kernel; then the end is cut off, or gets zeros.

    By SAME_UPPER the output is as long as stride times the length of the input.
    """
    if X.ndim == 3:  # a series is an image of one row
        length = X.shape[2] + W.shape[2] - 1
        image = X[:, :, np.newaxis]
        return conv_transpose(image, W[:, :, np.newaxis], output_shape=[1, length])[:, :, 0]
    _, filters, height, width = W.shape
    rows, columns = X.shape[2:]
    if output_shape is None:
        assert auto_pad == "SAME_UPPER"
        output_shape = [rows * strides[0], columns * strides[1]]
    full = np.zeros((1, filters, rows * strides[0] + height, columns * strides[1] + width))
    for i, j in np.ndindex(rows, columns):
        top = i * strides[0]
        left = j * strides[1]
        full[0, :, top : top + height, left : left + width] += X[0, 0, i, j] * W[0]
    return full[:, :, : output_shape[0], : output_shape[1]]


def batch_normalization(X, scale, bias, mean, variance, training_mode, epsilon=1e-5, momentum=0.9):
    """In training: by the batch's own statistics, which also move the running ones."""
    assert training_mode == 1
    shape = (-1, *[1] * (X.ndim - 2))
    axes = (0, *range(2, X.ndim))
    X = X.astype(float)
    own_mean = X.mean(axis=axes)
    own_variance = X.var(axis=axes)
    centred = X - own_mean.reshape(shape)
    Y = scale.reshape(shape) * centred / np.sqrt(own_variance + epsilon).reshape(shape)
    running_mean = mean * momentum + own_mean * (1 - momentum)
    running_variance = variance * momentum + own_variance * (1 - momentum)
    return Y + bias.reshape(shape), running_mean, running_variance


def cum_sum(X, axis, exclusive=0, reverse=0):
    assert X.ndim == 1 and not exclusive and not reverse
    sums = []
    for number in X.tolist():
        sums.append(number + (sums[-1] if sums else 0))
    return np.array(sums)


def is_inf(X, detect_positive=1, detect_negative=1):
    Y = np.zeros(X.shape, bool)
    if detect_positive:
        Y |= np.isposinf(X)
    if detect_negative:
        Y |= np.isneginf(X)
    return Y


def non_zero(X):
    """One row for each dimension, one column for each place."""
    places = [place for place in np.ndindex(X.shape) if X[place]]
    return np.array(places).T


def quantized_along(scale, like, axis, block_size):
    """Return a scale or zero point for each number: of its slice along the axis, or its block."""
    if block_size:
        return np.repeat(scale, block_size, axis)
    if scale.ndim:
        return scale.reshape([-1 if i == axis else 1 for i in range(like.ndim)])
    return scale


def quantize_linear(X, scale, zero_point, axis=1, block_size=0):
    """Round a half to the even neighbour, and what does not fit to what just fits."""
    limits = np.iinfo(zero_point.dtype)
    scale = quantized_along(scale.astype(float), X, axis, block_size)
    zero_point = quantized_along(zero_point.astype(int), X, axis, block_size)
    return np.clip(np.rint(X / scale) + zero_point, limits.min, limits.max)


def dequantize_linear(X, scale, zero_point, axis=1, block_size=0):
    scale = quantized_along(scale.astype(float), X, axis, block_size)
    return (X.astype(int) - quantized_along(zero_point.astype(int), X, axis, block_size)) * scale


def dynamic_quantize_linear(X):
    """The range of the 256 numbers is that of X, and of 0."""
    low = min(0, float(X.min()))
    high = max(0, float(X.max()))
    scale = (high - low) / 255
    zero_point = round(-low / scale)
    return np.clip(np.rint(X / scale) + zero_point, 0, 255), scale, zero_point


def det(X):
    return np.linalg.det(X.astype(float))


def dft(X, length=None, axis=1, inverse=0, onesided=0):
    axis = int(axis)
    signal = X[..., 0].astype(complex)
    if X.shape[-1] == 2:
        signal = signal + 1j * X[..., 1]
    if inverse and onesided:
        return np.fft.irfft(signal, n=2 * (signal.shape[axis] - 1), axis=axis)[..., np.newaxis]
    spectrum = np.fft.fft(signal, axis=axis)
    return np.stack([spectrum.real, spectrum.imag], axis=-1)


def dropout(X, seed=0):
    """Outside of training nothing is dropped."""
    return X, np.ones(X.shape, bool)


def expand(X, shape):
    return X * np.ones(shape)  # numpy's own rule: where either has 1, the other one counts


def gather(X, indices, axis):
    return np.stack([X.take(index, axis) for index in indices], axis)


def gather_elements(X, indices, axis):
    """An index below zero counts from the end."""
    Y = np.zeros(indices.shape)
    for place in np.ndindex(indices.shape):
        source = list(place)
        source[axis] = indices[place]
        Y[place] = X[tuple(source)]
    return Y


def gelu(X, approximate="none"):
    X = X.astype(float)
    if approximate == "none":
        return 0.5 * X * (1 + np.vectorize(math.erf)(X / math.sqrt(2)))
    assert approximate == "tanh"
    return 0.5 * X * (1 + np.tanh(math.sqrt(2 / math.pi) * (X + 0.044715 * X**3)))


def layer_normalization(X, scale, bias, axis=-1, epsilon=1e-5):
    """From the axis on, numbers are centred and scaled together; the other outputs say by what."""
    axes = tuple(range(axis % X.ndim, X.ndim))
    X = X.astype(float)
    mean = X.mean(axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(X.var(axis=axes, keepdims=True) + epsilon)
    return scale * (X - mean) * inverse + bias, mean, inverse


def less(A, B):
    return B.astype(float) - A > 0


def lp_normalization(X, axis, p):
    """Divided by their length; numbers of no length stay zero."""
    assert p == 2
    X = X.astype(float)
    length = np.sqrt((X**2).sum(axis=axis, keepdims=True))
    return np.divide(X, length, out=np.zeros(X.shape), where=length > 0)


def maximum(*arrays):
    return functools.reduce(np.maximum, arrays)


def minimum(*arrays):
    return functools.reduce(np.minimum, arrays)


def negative_log_likelihood(X, labels, ignore_index, reduction):
    """The mean over all labels but the one to ignore, which counts neither above nor below."""
    assert reduction == "mean"
    losses = []
    for place in np.ndindex(labels.shape):
        if labels[place] != ignore_index:
            example, *rest = place
            losses.append(-float(X[example, labels[place], *rest]))
    return np.mean(losses)


def softmax_cross_entropy(scores, labels, ignore_index, reduction):
    powers = np.exp(scores.astype(float))
    logarithms = np.log(powers / powers.sum(axis=1, keepdims=True))
    return negative_log_likelihood(logarithms, labels, ignore_index, reduction)


def sigmoid(X):
    return 1 / (1 + np.exp(-X))


def turn(X, W, R, direction, layout):
    """Return float64 weights and the sequence as the network reads it: steps, batch, features."""
    sequence = X.astype(float)
    if layout == 1:
        sequence = np.swapaxes(sequence, 0, 1)
    if direction == "reverse":
        sequence = sequence[::-1]
    return sequence, W[0].astype(float), R[0].astype(float)


def outputs_of(states, direction, layout):
    """Return Y and Y_h, of the states in the order in which they came."""
    last = states[-1]
    if direction == "reverse":
        states = states[::-1]
    Y = np.stack(states)[:, np.newaxis]  # steps, direction, batch, neurons
    Y_h = last[np.newaxis]
    if layout == 1:
        return np.transpose(Y, (2, 0, 1, 3)), np.swapaxes(Y_h, 0, 1)
    return Y, Y_h


def rnn(X, W, R, hidden_size, layout=0, direction="forward"):
    sequence, W, R = turn(X, W, R, direction, layout)
    H = np.zeros((sequence.shape[1], hidden_size))
    states = []
    for x in sequence:
        H = np.tanh(x @ W.T + H @ R.T)
        states.append(H)
    return outputs_of(states, direction, layout)


def gru(X, W, R, B=None, hidden_size=0, layout=0, direction="forward"):
    sequence, W, R = turn(X, W, R, direction, layout)
    bias = np.zeros(6 * hidden_size) if B is None else B[0].astype(float)
    bz, br, bh = np.split(bias[: 3 * hidden_size] + bias[3 * hidden_size :], 3)
    Wz, Wr, Wh = np.split(W, 3)
    Rz, Rr, Rh = np.split(R, 3)
    H = np.zeros((sequence.shape[1], hidden_size))
    states = []
    for x in sequence:
        z = sigmoid(x @ Wz.T + H @ Rz.T + bz)
        r = sigmoid(x @ Wr.T + H @ Rr.T + br)
        candidate = np.tanh(x @ Wh.T + (r * H) @ Rh.T + bh)
        H = (1 - z) * candidate + z * H
        states.append(H)
    return outputs_of(states, direction, layout)


def lstm(X, W, R, B=None, lengths=None, H=None, C=None, P=None, hidden_size=0, layout=0, **more):
    direction = more.pop("direction", "forward")
    assert not more
    sequence, W, R = turn(X, W, R, direction, layout)
    bias = np.zeros(8 * hidden_size) if B is None else B[0].astype(float)
    bias = bias[: 4 * hidden_size] + bias[4 * hidden_size :]
    peepholes = np.zeros(3 * hidden_size) if P is None else P[0].astype(float)
    Pi, Po, Pf = np.split(peepholes, 3)
    nothing = np.zeros((sequence.shape[1], hidden_size))
    H = nothing if H is None else H[0].astype(float)
    C = nothing if C is None else C[0].astype(float)
    states = []
    for x in sequence:
        i, o, f, c = np.split(x @ W.T + H @ R.T + bias, 4, axis=1)
        i = sigmoid(i + Pi * C)
        f = sigmoid(f + Pf * C)
        C = f * C + i * np.tanh(c)
        o = sigmoid(o + Po * C)
        H = o * np.tanh(C)
        states.append(H)
    return (*outputs_of(states, direction, layout), C[np.newaxis])


def cubic(distance, a=-0.75):
    """Return the weight of a pixel at this distance, by Keys."""
    distance = abs(distance)
    if distance <= 1:
        return (a + 2) * distance**3 - (a + 3) * distance**2 + 1
    if distance < 2:
        return a * (distance**3 - 5 * distance**2 + 8 * distance - 4)
    return 0.0


def grid_sample(X, grid, mode):
    """Sixteen pixels around each point, those outside the image being zero."""
    assert mode == "cubic"
    height, width = X.shape[2:]
    Y = np.zeros((1, 1, *grid.shape[1:3]))
    for i, j in np.ndindex(*grid.shape[1:3]):
        x = ((grid[0, i, j, 0] + 1) * width - 1) / 2
        y = ((grid[0, i, j, 1] + 1) * height - 1) / 2
        for row in range(math.floor(y) - 1, math.floor(y) + 3):
            for column in range(math.floor(x) - 1, math.floor(x) + 3):
                if 0 <= row < height and 0 <= column < width:
                    Y[0, 0, i, j] += X[0, 0, row, column] * cubic(y - row) * cubic(x - column)
    return Y


def mod(A, B, fmod=0):
    """The sign of the divisor, or with fmod of the dividend."""
    function = np.fmod if fmod else np.mod
    return function(A.astype(float), B.astype(float))


def non_max_suppression(boxes, scores, most, iou_threshold, score_threshold):
    """A box goes if it overlaps a better one by more than the threshold, not by just as much."""
    kept = []
    for box in np.argsort(-scores[0, 0], kind="stable"):
        if scores[0, 0, box] > score_threshold[0] and len(kept) < most[0]:
            overlaps = [overlap(boxes[0, box], boxes[0, other]) for other in kept]
            if all(overlap <= iou_threshold[0] for overlap in overlaps):
                kept.append(int(box))
    return np.array([[0, 0, box] for box in kept])


def overlap(first, second):
    """Return the area that two boxes share, divided by the area that they cover."""
    first = first.astype(float)
    second = second.astype(float)
    low = np.maximum(first[:2], second[:2])
    high = np.minimum(first[2:], second[2:])
    shared = np.maximum(high - low, 0).prod()
    return shared / ((first[2:] - first[:2]).prod() + (second[2:] - second[:2]).prod() - shared)


def one_hot(indices, depth, values, axis):
    """What is no index of depth places, from the end or not, has no hot one."""
    assert axis == 1
    Y = np.full((len(indices), int(depth)), values[0])
    for row, index in enumerate(indices):
        if -depth <= index < depth:
            Y[row, index] = values[1]
    return Y


def p_relu(X, slope):
    return np.where(X < 0, X * slope.astype(float), X)


def power(A, B):
    return A.astype(float) ** B


def reduced(function, X, axes=None, keepdims=1, **start):
    """Apply a function along the axes; none, or an empty list of them, are all."""
    chosen = None if axes is None or len(axes) == 0 else tuple(axes)
    return function(X, axis=chosen, keepdims=bool(keepdims), **start)


def reduce_max(X, axes=None, keepdims=1):
    """The largest of nothing is the least there is."""
    least = False if X.dtype == bool else -np.inf
    return reduced(np.max, X, axes, keepdims, initial=least)


def reduce_min(X, axes=None, keepdims=1):
    """The smallest of nothing is the most there is."""
    return reduced(np.min, X, axes, keepdims, initial=np.inf)


def reduce_mean(X, axes=None, keepdims=1):
    return reduced(np.mean, X.astype(float), axes, keepdims)


def reduce_sum(X, axes=None, keepdims=1):
    return reduced(np.sum, X.astype(float), axes, keepdims)


def reduce_l1(X, axes=None, keepdims=1):
    return reduce_sum(np.abs(X), axes, keepdims)


def reduce_sum_square(X, axes=None, keepdims=1):
    return reduce_sum(X.astype(float) ** 2, axes, keepdims)


def reduce_l2(X, axes=None, keepdims=1):
    return np.sqrt(reduce_sum_square(X, axes, keepdims))


def reduce_log_sum(X, axes=None, keepdims=1):
    with np.errstate(divide="ignore"):  # the logarithm of a sum of nothing
        return np.log(reduce_sum(X, axes, keepdims))


def reduce_log_sum_exp(X, axes=None, keepdims=1):
    return reduce_log_sum(np.exp(X.astype(float)), axes, keepdims)


def resize(X, roi, scales=None, sizes=None, **attributes):
    policy = attributes.get("keep_aspect_ratio_policy")
    mode = attributes.get("coordinate_transformation_mode", "half_pixel")
    if sizes is not None:
        assert attributes["axes"] == [2, 3]
        ratios = sizes / np.array(X.shape[2:])
        scale = ratios.min() if policy == "not_larger" else ratios.max()
        scales = np.array([1, 1, scale, scale])
        lengths = [math.floor(length * scale + 0.5) for length in X.shape[2:]]
    else:
        lengths = [int(length) for length in X.shape[2:] * scales[2:]]
    Y = X.astype(float)
    for axis, length in zip((2, 3), lengths, strict=True):
        if attributes["mode"] == "cubic":
            matrix = cubic_interpolation(X.shape[axis], length, float(scales[axis]), attributes)
        else:
            scale = float(scales[axis])
            matrix = interpolation(X.shape[axis], length, scale, mode, attributes["mode"])
        Y = np.moveaxis(np.tensordot(Y, matrix, axes=(axis, 1)), -1, axis)
    return Y


def interpolation(old, new, scale, coordinates, mode):
    """Return a matrix (new, old): how much of each old pixel is in each new one."""
    matrix = np.zeros((new, old))
    for i in range(new):
        if coordinates == "align_corners":
            # The length as it would be if pixels could be divided, not the one that there is.
            x = i * (old - 1) / (old * scale - 1) if old * scale != 1 else 0
        elif coordinates == "half_pixel_symmetric":
            x = old / 2 * (1 - new / (old * scale)) + (i + 0.5) / scale - 0.5
        else:
            x = (i + 0.5) / scale - 0.5
        if mode == "nearest":
            matrix[i, np.clip(math.ceil(x - 0.5), 0, old - 1)] = 1  # a half goes down
            continue
        left = math.floor(x)
        for pixel, weight in ((left, left + 1 - x), (left + 1, x - left)):
            matrix[i, np.clip(pixel, 0, old - 1)] += weight
    return matrix


def cubic_interpolation(old, new, scale, attributes):
    """Return a matrix (new, old) as interpolation does; pixels outside the image have no weight."""
    assert attributes["exclude_outside"] == 1
    matrix = np.zeros((new, old))
    for i, pixel in np.ndindex(new, old):
        x = (i + 0.5) / scale - 0.5
        matrix[i, pixel] = cubic(x - pixel, attributes["cubic_coeff_a"])
    return matrix / matrix.sum(axis=1, keepdims=True)


def rms_normalization(X, scale, axis, epsilon=1e-5):
    """Divided by the root of the mean square of all numbers from the axis on."""
    axes = tuple(range(axis, X.ndim))
    X = X.astype(float)
    return scale * X / np.sqrt((X**2).mean(axis=axes, keepdims=True) + epsilon)


def roi_align(X, rois, batches, **attributes):
    """The largest of the four weighted pixels around each of the sampling points, by max."""
    assert attributes.pop("mode") == "max"
    assert attributes.pop("coordinate_transformation_mode") == "output_half_pixel"
    height = attributes.pop("output_height")
    width = attributes.pop("output_width")
    samples = attributes.pop("sampling_ratio")
    assert attributes == {"spatial_scale": 1.0}
    Y = np.zeros((len(rois), X.shape[1], height, width))
    for n, channel, i, j in np.ndindex(Y.shape):
        left, top, right, bottom = rois[n].astype(float)
        high = max(bottom - top, 1) / height
        wide = max(right - left, 1) / width
        found = []
        for row, column in np.ndindex(samples, samples):
            y = top + high * (i + (row + 0.5) / samples)
            x = left + wide * (j + (column + 0.5) / samples)
            found.extend(weighted_pixels(X[batches[n], channel], y, x))
        Y[n, channel, i, j] = max(found)
    return Y


def weighted_pixels(image, y, x):
    """Return the four pixels around a point, each times its weight."""
    y = max(y, 0)
    x = max(x, 0)
    top = min(int(y), image.shape[0] - 1)
    left = min(int(x), image.shape[1] - 1)
    bottom = min(top + 1, image.shape[0] - 1)
    right = min(left + 1, image.shape[1] - 1)
    down = y - top
    across = x - left
    return [
        image[top, left] * (1 - down) * (1 - across),
        image[top, right] * (1 - down) * across,
        image[bottom, left] * down * (1 - across),
        image[bottom, right] * down * across,
    ]


def round_half_to_even(X):
    return np.array([round(number) for number in X.tolist()])  # as Python itself does


REDUCTIONS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


def scatter_elements(X, indices, updates, axis, reduction):
    """Of equal indices each one counts."""
    Y = X.astype(float)
    for place in np.ndindex(indices.shape):
        target = list(place)
        target[axis] = indices[place]
        target = tuple(target)
        Y[target] = REDUCTIONS[reduction](Y[target], updates[place])
    return Y


def scatter_nd(X, indices, updates, reduction):
    Y = X.astype(float)
    for place in np.ndindex(indices.shape[:-1]):
        target = tuple(indices[place])
        Y[target] = REDUCTIONS[reduction](Y[target], updates[place])
    return Y


def shrink(X, lambd, bias=0.0):
    """Numbers up to lambd become 0, the others come nearer by bias."""
    return np.sign(X) * np.where(np.abs(X) > lambd, np.abs(X) - bias, 0)


def split(X, num_outputs):
    """The last part is smaller, if they cannot be equal."""
    assert X.ndim == 1
    size = math.ceil(len(X) / num_outputs)
    return tuple(X[i : i + size] for i in range(0, len(X), size))


def space_to_depth(X, blocksize, mode="DCR"):
    """CRD: the channel first, then the row and the column inside the block; DCR: it comes last."""
    batch, channels, height, width = X.shape
    Y = np.zeros((batch, channels * blocksize**2, height // blocksize, width // blocksize))
    for channel, row, column in np.ndindex(channels, blocksize, blocksize):
        if mode == "CRD":
            place = (channel * blocksize + row) * blocksize + column
        else:
            place = (row * blocksize + column) * channels + channel
        Y[:, place] = X[:, channel, row::blocksize, column::blocksize]
    return Y


def top_k(X, k, axis):
    """Of equal ones, the one with the lower index comes first."""
    assert axis == 0 and X.ndim == 1
    order = np.argsort(-X, kind="stable")[: k[0]]
    return X[order], order


def unique(X, axis, sorted):
    """The rows, each once, in their order; where it was first; which one each is; how many."""
    assert axis == 0 and sorted == 1
    rows = [tuple(row) for row in X.tolist()]
    known = builtins.sorted(set(rows))
    first = [rows.index(row) for row in known]
    inverse = [known.index(row) for row in rows]
    counts = [rows.count(row) for row in known]
    return np.array(known), np.array(first), np.array(inverse), np.array(counts)


BY_HAND = {
    "ArgMax": arg_max,
    "ArgMin": arg_min,
    "Attention": attention,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "BitShift": bit_shift,
    "Cast": cast,
    "CastLike": cast_like,
    "Celu": celu,
    "ConvInteger": conv_integer,
    "ConvTranspose": conv_transpose,
    "CumSum": cum_sum,
    "DequantizeLinear": dequantize_linear,
    "Det": det,
    "DFT": dft,
    "Dropout": dropout,
    "DynamicQuantizeLinear": dynamic_quantize_linear,
    "Expand": expand,
    "Gather": gather,
    "GatherElements": gather_elements,
    "Gelu": gelu,
    "GRU": gru,
    "GridSample": grid_sample,
    "IsInf": is_inf,
    "LayerNormalization": layer_normalization,
    "Less": less,
    "LpNormalization": lp_normalization,
    "LpPool": lp_pool,
    "LSTM": lstm,
    "Max": maximum,
    "MaxPool": max_pool,
    "Min": minimum,
    "Mod": mod,
    "NegativeLogLikelihoodLoss": negative_log_likelihood,
    "NonMaxSuppression": non_max_suppression,
    "NonZero": non_zero,
    "OneHot": one_hot,
    "Pow": power,
    "PRelu": p_relu,
    "QuantizeLinear": quantize_linear,
    "ReduceL1": reduce_l1,
    "ReduceL2": reduce_l2,
    "ReduceLogSum": reduce_log_sum,
    "ReduceLogSumExp": reduce_log_sum_exp,
    "ReduceMax": reduce_max,
    "ReduceMean": reduce_mean,
    "ReduceMin": reduce_min,
    "ReduceSum": reduce_sum,
    "ReduceSumSquare": reduce_sum_square,
    "Resize": resize,
    "RMSNormalization": rms_normalization,
    "RNN": rnn,
    "RoiAlign": roi_align,
    "Round": round_half_to_even,
    "ScatterElements": scatter_elements,
    "ScatterND": scatter_nd,
    "Shrink": shrink,
    "SoftmaxCrossEntropyLoss": softmax_cross_entropy,
    "SpaceToDepth": space_to_depth,
    "Split": split,
    "TopK": top_k,
    "Unique": unique,
}
