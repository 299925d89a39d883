"""Small files as exporters write them, with random weights: what stands beside the real files.

    python -m tests.interop.operators.corpus FOLDER [EXPORTER ...]    # write those that are missing

Each is NAME.onnx with NAME.npz, its inputs in the order of the graph. An exporter runs in a process
of its own. What they are made of (architectures, sizes, opsets) was chosen without a look at any
engine's verdict.
"""

import importlib
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import onnx

from tests.engines import onnx2torch
from tests.interop.operators import page, probes
from tests.kit.places import ROOT


def draw(*shape, largest=None):
    """Return normal numbers, or whole ones below the largest, always the same for a shape."""
    rng = np.random.default_rng(len(shape))
    if largest:
        return rng.integers(0, largest, shape)
    return rng.normal(size=shape).astype(np.float32)


def save(folder, name, model, inputs):
    """Write a model and its inputs; the model first, so that what has inputs is whole."""
    if isinstance(model, onnx.ModelProto):
        onnx.save(model, folder / f"{name}.onnx")
    np.savez(folder / f"{name}.npz", *inputs)


def save_made(folder, name, inputs, make):
    """Save what make() returns, or has written, unless it is there; print why an exporter can't."""
    if not is_missing(folder, name):
        return
    try:
        model = make()
    except Exception as error:  # of an exporter that can't: another file the less
        print(f"{name}: {type(error).__name__}: {str(error)[:100]}", flush=True)
        return
    save(folder, name, model, inputs)


def is_missing(folder, name):
    return not (folder / f"{name}.npz").exists()


# PyTorch ------------------------------------------------------------------------------------------
def torch_networks():
    """Return {name: (network, inputs)}."""
    import torch
    from torch import nn

    def sequence(*layers):
        return nn.Sequential(*layers)

    class Residual(nn.Module):
        """A block with two convolutions, and with what it was fed."""

        def __init__(self, channels, inner, activation, group=1, gated=False):
            super().__init__()
            self.first = nn.Conv2d(channels, inner, 1)
            self.second = nn.Conv2d(inner, inner, 3, padding=1, groups=group)
            self.norm = nn.BatchNorm2d(inner)
            self.third = nn.Conv2d(inner, channels, 1, bias=False)
            self.gate = nn.Conv2d(inner, inner, 1) if gated else None
            self.activation = activation

        def forward(self, x):
            y = self.activation(self.norm(self.second(self.first(x))))
            if self.gate is not None:
                mean = torch.nn.functional.adaptive_avg_pool2d(y, 1)
                y = y * torch.nn.functional.hardsigmoid(self.gate(mean))
            return x + self.third(y)

    class Unet(nn.Module):
        """Down and up again, with what was there on the way down."""

        def __init__(self, mode):
            super().__init__()
            self.mode = mode
            self.down = nn.Conv2d(3, 8, 3, 2, 1)
            self.deep = nn.Conv2d(8, 16, 3, 2, 1)
            self.up = nn.ConvTranspose2d(16, 8, 2, 2)
            self.last = nn.Conv2d(16, 1, 3, padding=1)

        def forward(self, x):
            first = torch.relu(self.down(x))
            second = self.up(torch.nn.functional.leaky_relu(self.deep(first)))
            both = torch.cat([first, second], 1)
            settings = {"align_corners": False} if self.mode == "bilinear" else {}
            large = nn.functional.interpolate(both, scale_factor=2, mode=self.mode, **settings)
            return torch.sigmoid(self.last(large))

    class Sound(nn.Module):
        """A spectrum by convolution, then layers over time, then a recurrent one with its state."""

        def __init__(self, kind, bidirectional=False):
            super().__init__()
            self.spectrum = nn.Conv1d(1, 18, 16, 8, bias=False)
            self.layer = nn.Conv1d(9, 8, 3, padding=2, dilation=2)
            self.norm = nn.GroupNorm(2, 8)
            self.recurrent = kind(8, 6, batch_first=True, bidirectional=bidirectional)
            self.last = nn.Linear(12 if bidirectional else 6, 1)

        def forward(self, x, *state):
            x = nn.functional.pad(x, (4, 4), "reflect").unsqueeze(1)
            real, other = self.spectrum(x).chunk(2, 1)
            x = torch.log1p(torch.sqrt(real**2 + other**2))
            x = nn.functional.prelu(self.norm(self.layer(x)), torch.full((8,), 0.2))
            given = (state if len(state) > 1 else state[0]) if state else None
            x, after = self.recurrent(x.transpose(1, 2), given)
            probability = torch.sigmoid(self.last(x).squeeze(-1)).mean(1, keepdim=True)
            return (probability, *(after if isinstance(after, tuple) else (after,)))

    class Text(nn.Module):
        """Letters, an encoder, a mask, and the most likely label of each."""

        def __init__(self):
            super().__init__()
            self.letters = nn.Embedding(30, 16, padding_idx=0)
            self.places = nn.Embedding(64, 16)
            layer = nn.TransformerEncoderLayer(16, 2, 32, activation="gelu", batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.last = nn.Linear(16, 5)

        def forward(self, ids):
            places = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
            x = self.letters(ids) + self.places(places)
            x = self.encoder(x, src_key_padding_mask=ids == 0)
            logits = self.last(x)
            return logits.softmax(-1), logits.argmax(-1)

    class Tagger(nn.Module):
        """Embedding, LSTM or GRU in both directions, and a maximum over time."""

        def __init__(self, kind):
            super().__init__()
            self.letters = nn.Embedding(30, 8)
            self.recurrent = kind(8, 6, num_layers=2, batch_first=True, bidirectional=True)
            self.last = nn.Linear(12, 4)

        def forward(self, ids):
            x, _state = self.recurrent(self.letters(ids))
            return self.last(x.max(dim=1).values), self.last(x)

    class Decoder(nn.Module):
        """A step of attention with a mask, and the new state."""

        def __init__(self):
            super().__init__()
            self.query = nn.Linear(8, 8)
            self.cell = nn.GRUCell(16, 8)

        def forward(self, x, keys, mask, state):
            scores = torch.einsum("bd,btd->bt", self.query(state), keys)
            weights = scores.masked_fill(mask == 0, -1e9).softmax(-1)
            context = torch.bmm(weights.unsqueeze(1), keys).squeeze(1)
            state = self.cell(torch.cat([x, context], 1), state)
            return torch.log_softmax(state, -1), state, weights

    class Boxes(nn.Module):
        """What a detector does behind its network."""

        def __init__(self):
            super().__init__()
            self.last = nn.Conv2d(3, 9, 3, 2, 1)

        def forward(self, x):
            y = self.last(x)
            y = y.flatten(2).permute(0, 2, 1)
            scores, boxes, rest = y.split([3, 4, 2], -1)
            low = boxes[..., :2] - boxes[..., 2:].exp() / 2
            high = boxes[..., :2] + boxes[..., 2:].exp() / 2
            best, which = scores.sigmoid().max(-1)
            top, order = best.topk(4, 1)
            boxes = torch.cat([low, high], -1).clamp(0, 8)
            picked = boxes.gather(1, order.unsqueeze(-1).expand(-1, -1, 4))
            return picked, top, which.gather(1, order), rest.tanh()

    picture = draw(1, 3, 32, 32)
    ids = draw(2, 10, largest=30)
    state = torch.zeros(1, 2, 6).numpy()
    dense = sequence(nn.Linear(8, 16), nn.LayerNorm(16), nn.GELU(), nn.Dropout(), nn.Linear(16, 4))
    stem = [nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5), nn.Softmax(1)]
    resnet = sequence(*stem, nn.MaxPool2d(3, 2, 1), Residual(8, 8, nn.ReLU()), *head)
    mobile = sequence(
        *stem, Residual(8, 16, nn.Hardswish(), 16, True), nn.ReLU6(), nn.AvgPool2d(2), *head
    )
    vgg = [nn.Conv2d(3, 8, 5), nn.SiLU(), nn.MaxPool2d(2, 2), nn.InstanceNorm2d(8), nn.ELU()]
    return {
        "dense": (dense, [draw(2, 8)]),
        "resnet": (resnet, [picture]),
        "mobile": (mobile, [picture]),
        "lines": (sequence(*vgg, nn.AdaptiveMaxPool2d((1, 7)), nn.Flatten()), [picture]),
        "unet, nearest": (Unet("nearest"), [picture]),
        "unet, bilinear": (Unet("bilinear"), [picture]),
        "sound, LSTM": (Sound(nn.LSTM), [draw(2, 160), state, state]),
        "sound, GRU": (Sound(nn.GRU), [draw(2, 160), state]),
        "sound, both directions": (Sound(nn.LSTM, True), [draw(2, 160)]),
        "text": (Text(), [ids]),
        "tagger, LSTM": (Tagger(nn.LSTM), [ids]),
        "tagger, GRU": (Tagger(nn.GRU), [ids]),
        "decoder": (Decoder(), [draw(2, 8), draw(2, 5, 8), ids[:, :5], draw(2, 8)]),
        "boxes": (Boxes(), [picture]),
    }


def first_answer(network):
    """Return a network of Hugging Face's that takes one or two inputs, and hands out one output."""
    from torch import nn

    class First(nn.Module):
        """Names are given, since architectures order otherwise what they take."""

        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, first, mask=None):
            given = {"attention_mask": mask} if mask is not None else {}
            name = self.network.main_input_name
            return self.network(**{name: first}, **given, return_dict=False)[0]

    return First()


def transformer_networks():
    """Return {name: (network, inputs)} of Hugging Face's architectures, two layers each."""
    onnx2torch.load()  # where torchvision does not load, transformers' newest models do not either
    import transformers as hub

    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    small |= {"intermediate_size": 32, "vocab_size": 40, "attn_implementation": "eager"}
    gpt = {"n_embd": 16, "n_layer": 2, "n_head": 2, "vocab_size": 40, "n_positions": 32}
    t5 = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2, "vocab_size": 40}
    t5["attn_implementation"] = "eager"
    whisper = {"d_model": 16, "encoder_layers": 2, "encoder_attention_heads": 2}
    whisper |= {
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 32,
        "max_source_positions": 20,
        "num_mel_bins": 8,
    }
    ids = draw(2, 10, largest=40)
    ones = np.ones((2, 10), np.int64)
    vit = hub.ViTConfig(**small, image_size=16, patch_size=8)
    llama = hub.LlamaConfig(**small, num_key_value_heads=1, use_cache=False)
    encoder = hub.WhisperModel(hub.WhisperConfig(**whisper, decoder_layers=1)).encoder
    networks = {
        "BERT": (hub.BertModel(hub.BertConfig(**small)), [ids, ones]),
        "DistilBERT": (
            hub.DistilBertModel(hub.DistilBertConfig(dim=16, n_layers=2, n_heads=2, vocab_size=40)),
            [ids, ones],
        ),
        "GPT-2": (hub.GPT2LMHeadModel(hub.GPT2Config(**gpt, use_cache=False)), [ids]),
        "T5": (hub.T5EncoderModel(hub.T5Config(**t5)), [ids, ones]),
        "ViT": (hub.ViTModel(vit), [draw(1, 3, 16, 16)]),
        "Llama": (hub.LlamaForCausalLM(llama), [ids, ones]),
        "Whisper": (encoder, [draw(1, 8, 40)]),
    }
    return {name: (first_answer(network), inputs) for name, (network, inputs) in networks.items()}


def export(folder, name, network, inputs, opset, old, free):
    """Export a network by PyTorch's newer or older exporter, with the first axis free or not."""
    import torch

    network.eval()
    tensors = tuple(map(torch.from_numpy, inputs))
    path = folder / f"{name}.onnx"
    if old:
        axes = {}
        names = [f"in{i}" for i in range(len(inputs))]
        for i, array in enumerate(inputs if free else []):
            axes[names[i]] = {array.ndim - 2 if name.startswith("sound") and i else 0: "batch"}
        torch.onnx.export(
            network,
            tensors,
            path,
            dynamo=False,
            opset_version=opset,
            input_names=names,
            dynamic_axes=axes,
        )
    else:
        torch.onnx.export(
            network, tensors, path, opset_version=opset, external_data=False, verbose=False
        )
    save(folder, name, None, inputs)


def write_all(folder, networks, plans):
    """Export each network in the ways of the plans, [(opset, by the older exporter, free)]."""
    for number, (name, (network, inputs)) in enumerate(networks.items()):
        for opset, old, free in [plans[0], plans[1 + number % (len(plans) - 1)]]:
            full = f"{name}, opset {opset}{', older exporter' if old else ''}"
            if is_missing(folder, full):
                try:
                    export(folder, full, network, inputs, opset, old, free)
                except Exception as error:  # of an exporter that can't: another file the less
                    print(f"{full}: {type(error).__name__}: {str(error)[:100]}", flush=True)


PLANS = [
    (18, False, False),
    (11, True, True),
    (14, True, True),
    (17, True, False),
    (13, True, True),
]


def write_torch(folder):
    write_all(folder, torch_networks(), PLANS)


def write_transformers(folder):
    write_all(folder, transformer_networks(), PLANS)


# TensorFlow ---------------------------------------------------------------------------------------
def keras_networks():
    """Return {name: (network, inputs)}."""
    from keras import Input, Model, Sequential
    from keras import layers as L

    def sequence(shape, *layers, kind="float32"):
        return Sequential([Input(shape, dtype=kind), *layers])

    picture = draw(1, 16, 16, 3)
    x = Input((12, 8))
    attended = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, x))
    attention = Model(x, L.Dense(3, "softmax")(L.GlobalAveragePooling1D()(attended)))
    image = Input((16, 16, 3))
    low = L.Conv2D(8, 3, 2, "same", activation="relu")(image)
    high = L.UpSampling2D()(L.DepthwiseConv2D(3, padding="same")(low))
    joined = L.Concatenate()([image, high])
    back = L.Conv2DTranspose(2, 3, 1, "same", activation="sigmoid")(joined)
    conv = [L.Conv2D(8, 3, 2, "same"), L.BatchNormalization(), L.ReLU(6), L.MaxPool2D()]
    time = [L.Conv1D(8, 3, padding="same", activation="relu"), L.MaxPool1D(2), L.Dropout(0.2)]
    letters = [L.Embedding(30, 8), L.Bidirectional(L.LSTM(6, return_sequences=True)), L.Dense(4)]
    return {
        "dense": (sequence((8,), L.Dense(16, "elu"), L.Dense(4, "softmax")), [draw(2, 8)]),
        "pictures": (sequence((16, 16, 3), *conv, L.Flatten(), L.Dense(3)), [picture]),
        "up again": (Model(image, back), [picture]),
        "time": (sequence((20, 4), *time, L.GRU(6), L.Dense(1, "sigmoid")), [draw(2, 20, 4)]),
        "letters": (sequence((10,), *letters, kind="int32"), [np.int32(draw(2, 10, largest=30))]),
        "attention": (attention, [draw(2, 12, 8)]),
        "RNN": (sequence((10, 4), L.SimpleRNN(6), L.LeakyReLU(), L.Dense(2)), [draw(2, 10, 4)]),
    }


def convert(function, kinds, opset):
    """Return what tf2onnx makes of a function of TensorFlow's, or of a network."""
    import tensorflow as tf
    import tf2onnx

    made = tf.function(function, input_signature=kinds)
    return tf2onnx.convert.from_function(made, kinds, opset=opset)[0]


def write_keras(folder):
    import tensorflow as tf

    for number, (name, (network, inputs)) in enumerate(keras_networks().items()):
        for opset in (13, (11, 15, 18)[number % 3]):
            kinds = [tf.TensorSpec([None, *one.shape[1:]], one.dtype) for one in inputs]
            save_made(
                folder, f"{name}, opset {opset}", inputs, partial(convert, network, kinds, opset)
            )


# scikit-learn -------------------------------------------------------------------------------------
def write_sklearn(folder):
    from skl2onnx import to_onnx
    from sklearn import cluster, ensemble, linear_model, naive_bayes, neighbors, neural_network, svm
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler
    from sklearn.tree import DecisionTreeRegressor

    X = draw(60, 4)
    y = (X @ [1, -1, 2, 0] > 0) + (X[:, 3] > 1)
    estimators = [
        make_pipeline(StandardScaler(), linear_model.LogisticRegression()),
        linear_model.LinearRegression(),
        ensemble.RandomForestClassifier(5, random_state=0),
        ensemble.GradientBoostingRegressor(n_estimators=5, random_state=0),
        DecisionTreeRegressor(max_depth=3),
        make_pipeline(PCA(2), svm.SVC(probability=False)),
        neighbors.KNeighborsClassifier(3),
        make_pipeline(MinMaxScaler(), neural_network.MLPClassifier((8,), max_iter=300)),
        naive_bayes.GaussianNB(),
        cluster.KMeans(3, n_init=1, random_state=0),
    ]
    for number, estimator in enumerate(estimators):
        name = type(estimator[-1] if hasattr(estimator, "steps") else estimator).__name__
        if is_missing(folder, name):
            options = {"zipmap": False} if hasattr(estimator, "predict_proba") else None
            model = to_onnx(
                estimator.fit(X, y), X, target_opset=(13, 18)[number % 2], options=options
            )
            save(folder, name, model, [X[:3]])


# Others, made of what stands there ----------------------------------------------------------------
def sources(folder, beside, names):
    """Return (name, path, inputs) of some files of another exporter that lie beside a folder."""
    found = []
    for name in names:
        path = folder.parent / beside / f"{name}.onnx"
        if path.exists():
            found.append((name, path, read_inputs(path)))
    return found


CHANGED = [
    *("resnet, opset 18", "mobile, opset 18", "dense, opset 18", "unet, nearest, opset 18"),
    *("text, opset 18", "sound, LSTM, opset 18", "tagger, LSTM, opset 18", "boxes, opset 18"),
]


def write_quantised(folder):
    from onnxruntime import quantization
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType

    class Once(CalibrationDataReader):
        def __init__(self, feed):
            self.left = [feed]

        def get_next(self):
            return self.left.pop() if self.left else None

    for number, (name, path, inputs) in enumerate(sources(folder, "torch", CHANGED)):
        names = [value.name for value in onnx.load(path).graph.input]
        feed = dict(zip(names, inputs, strict=True))
        kinds = QuantType.QInt8, QuantType.QUInt8
        settings = {"quant_format": QuantFormat.QDQ, "per_channel": number % 2 == 0}
        settings |= {"activation_type": kinds[number % 2], "weight_type": QuantType.QInt8}
        for way in ("dynamic", "static"):
            full = f"{name}, {way}"
            if not is_missing(folder, full):
                continue
            to = folder / f"{full}.onnx"
            try:
                if way == "dynamic":
                    quantization.quantize_dynamic(path, to, weight_type=kinds[number % 2])
                else:
                    quantization.quantize_static(path, to, Once(feed), **settings)
            except Exception as error:
                print(f"{full}: {type(error).__name__}: {str(error)[:100]}", flush=True)
                continue
            save(folder, full, None, inputs)


def write_float16(folder):
    from onnxruntime.transformers.float16 import convert_float_to_float16

    for name, path, inputs in sources(folder, "torch", CHANGED[:6]):
        if is_missing(folder, name):
            half = convert_float_to_float16(onnx.load(path), keep_io_types=True)
            save(folder, name, half, inputs)


def write_optimised(folder):
    """Write what ONNX Runtime makes of files for itself: operators of its own domain are in it."""
    import onnxruntime

    of_torch = sources(folder, "torch", CHANGED)
    names = [path.stem for path in sorted((folder.parent / "transformers").glob("*.onnx"))]
    of_transformers = sources(folder, "transformers", names)
    of_bytes = sources(folder, page.OF_8_BITS, [f"{name}, static" for name in CHANGED])
    for name, path, inputs in [*of_torch, *of_transformers, *of_bytes]:
        if is_missing(folder, name):
            options = onnxruntime.SessionOptions()
            level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
            options.graph_optimization_level = level
            options.optimized_model_filepath = str(folder / f"{name}.onnx")
            onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            save(folder, name, None, inputs)


def with_constant_nodes(model):
    """Return a model whose weights are nodes, as Paddle's exporter writes them, of free sizes."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    graph = changed.graph
    nodes = list(graph.node)
    del graph.node[:]
    for tensor in graph.initializer:
        graph.node.add(op_type="Constant", output=[tensor.name], name=tensor.name).attribute.append(
            onnx.helper.make_attribute("value", tensor)
        )
    graph.node.extend(nodes)
    del graph.initializer[:], graph.value_info[:]
    return changed


def write_paddle_like(folder):
    for name, path, inputs in sources(folder, "torch", CHANGED[:4]):
        if is_missing(folder, name):
            model = with_constant_nodes(onnx.load(path))
            for value in [*model.graph.input, *model.graph.output]:
                for axis, size in enumerate(value.type.tensor_type.shape.dim):
                    if axis != 1:
                        size.dim_value = -1
            save(folder, name, model, inputs)


def write_probes(folder):
    for name, (model, inputs) in probes.make_probes().items():
        if is_missing(folder, name):
            save(folder, name, model, inputs)


def write_by(name):
    """Return what writes the files of another module."""

    def write(folder):
        importlib.import_module(f"tests.interop.operators.{name}").write(folder)

    return write


def write_others(name):
    """Return what writes the files of one of other_exporters.py."""

    def write(folder):
        from tests.interop.operators import other_exporters

        getattr(other_exporters, f"write_{name}")(folder)

    return write


EXPORTERS = {
    "torch": write_torch,
    "transformers": write_transformers,
    "keras": write_keras,
    "sklearn": write_sklearn,
    page.OF_8_BITS: write_quantised,
    "float16": write_float16,
    "constant nodes": write_paddle_like,
    "scripted": write_others("scripted"),
    "tensorflow": write_others("tensorflow"),
    "jax": write_others("jax"),
    "lightgbm": write_others("lightgbm"),
    "optimised": write_optimised,
    page.PROBES: write_probes,
    page.PACKAGES: write_by("packages"),
    "architectures": write_by("architectures"),
    page.UNSEEN: write_by("unseen"),
}


def read_inputs(path):
    """Return the inputs of a file."""
    with np.load(path.with_suffix(".npz")) as arrays:
        return [arrays[name] for name in arrays.files]


def list_files(folder):
    """Return {"exporter: name": path} of the files that are there."""
    found = {}
    for path in sorted(Path(folder).glob("*/*.npz")):
        found[f"{path.parent.name}: {path.stem}"] = path.with_suffix(".onnx")
    return found


def main(argv=None):
    place, *named = sys.argv[1:] if argv is None else argv
    if len(named) == 1:
        folder = Path(place, named[0])
        folder.mkdir(parents=True, exist_ok=True)
        EXPORTERS[named[0]](folder)
        return
    for exporter in named or EXPORTERS:
        command = [sys.executable, "-m", "tests.interop.operators.corpus", place, exporter]
        subprocess.run(command, cwd=ROOT)
    print(f"{len(list_files(place))} files are in {place}")


if __name__ == "__main__":
    main()
