"""How do I get a language model out of Transformers, with its cache, and write with it?

Install it:  pip install torch==2.13.0 transformers onnxscript
Try it:      pytest tests/interop/language/test_comes_from_transformers.py

The models are tiny, and their weights random: the file's numbers are compared with the framework's,
and a tokeniser of the registry learns our own short text. Nothing is downloaded.
"""

import sys

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests import language
from tests.interop.common import need
from tests.interop.frameworks.transformers import NAME

torch = need(NAME, "torch")
onnx_ir = need(NAME, "onnx_ir")
with pytest.MonkeyPatch.context() as patch:
    patch.setitem(sys.modules, "torchvision", None)  # Transformers imports it wherever it is
    exporter = need(NAME, "transformers.exporters.exporter_onnx")
transformers = need(NAME, "transformers")
tokenizers = need(NAME, "tokenizers")

WORDS = 64  # tokens that the models know
ATOL = 1e-5  # float32: logits near 0.1, of sums over 32 numbers; 1e-7 was seen


def make_llama():
    """Return a tiny Llama, whose four heads share two of keys."""
    config = transformers.LlamaConfig(
        vocab_size=WORDS,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
    )
    return transformers.LlamaForCausalLM(config)


def make_gpt2():
    """Return a tiny GPT-2."""
    config = transformers.GPT2Config(
        vocab_size=WORDS, n_positions=128, n_embd=32, n_layer=2, n_head=4
    )
    return transformers.GPT2LMHeadModel(config)


MODELS = {"Llama": make_llama, "GPT-2": make_gpt2}


def export(network, path, dynamic):
    """Write a model with its cache; the example has two texts, four tokens read and two to read."""
    ids = torch.arange(12).reshape(2, 6)
    with torch.no_grad():
        past = network(ids[:, :4], use_cache=True).past_key_values
    example = {
        "input_ids": ids[:, 4:],
        "attention_mask": torch.ones(2, 6, dtype=torch.int64),
        "past_key_values": past,
        "use_cache": True,
    }
    config = exporter.OnnxConfig(dynamic=dynamic)
    exported = exporter.OnnxExporter().export(network, example, config)
    onnx_ir.save(exported.program, path)


@pytest.fixture(scope="module", params=MODELS)
def written(request, tmp_path_factory):
    """Return a framework's model, and the path of its file."""
    torch.manual_seed(0)
    network = MODELS[request.param]().eval()
    path = tmp_path_factory.mktemp("files") / "model.onnx"
    export(network, path, dynamic=True)
    return network, path


class Writer:
    """A session that remembers what it has read: the cache goes from each call into the next."""

    def __init__(self, path, network):
        config = network.config
        self.heads = getattr(config, "num_key_value_heads", config.num_attention_heads)
        self.width = config.hidden_size // config.num_attention_heads
        self.session = neural_network.load_model(path)
        self.caches = [info for info in self.session.get_inputs() if "past" in info.name]
        self.past = None
        self.mask = None

    def read(self, ids, mask=None):
        """Return the logits (N, T, WORDS) after each of the next tokens ids (N, T)."""
        if self.past is None:
            empty = np.zeros((len(ids), self.heads, 0, self.width), np.float32)
            self.past = [empty for _ in self.caches]
            self.mask = np.zeros((len(ids), 0), np.int64)
        new_mask = np.ones_like(ids) if mask is None else mask
        self.mask = np.concatenate([self.mask, new_mask], axis=1)
        feed = {"input_ids": ids, "attention_mask": self.mask}
        feed.update(zip((info.name for info in self.caches), self.past, strict=True))
        logits, *self.past = self.session.run(None, feed)
        return logits


def random_ids(rows, length):
    """Return so many texts of so many tokens."""
    return np.random.default_rng(length).integers(WORDS, size=(rows, length))


def ask(network, ids, mask=None):
    """Return the framework's logits for whole texts, without a cache."""
    mask = None if mask is None else torch.tensor(mask)
    with torch.no_grad():
        return network(torch.tensor(ids), attention_mask=mask, use_cache=False).logits.numpy()


@pytest.mark.parametrize("rows, lengths", [(1, [20]), (1, 7 * [1]), (3, [4, 1, 1, 5]), (2, [1, 9])])
def test_calls_of_any_length_give_the_frameworks_numbers(rows, lengths, written):
    network, path = written
    ids = random_ids(rows, sum(lengths))
    writer = Writer(path, network)
    logits = []
    begin = 0
    for length in lengths:
        logits.append(writer.read(ids[:, begin : begin + length]))
        begin += length
    assert_allclose(np.concatenate(logits, axis=1), ask(network, ids), rtol=0, atol=ATOL)


def test_token_by_token_it_writes_what_the_framework_writes(written):
    network, path = written
    ids = random_ids(1, 5)
    whole = network.generate(
        torch.tensor(ids), max_new_tokens=20, do_sample=False, pad_token_id=0, eos_token_id=None
    )
    writer = Writer(path, network)
    tokens = []
    following = ids
    for _ in range(20):
        logits = writer.read(following)
        tokens.append(int(logits[0, -1].argmax()))
        following = np.array([tokens[-1:]])
    assert tokens == whole[0, 5:].tolist()


def test_texts_of_unlike_lengths_are_padded_in_front_and_masked(written):
    """As the framework does in the same call; of Llama, as each text alone, too."""
    network, path = written
    ids = random_ids(2, 8)
    mask = np.ones_like(ids)
    mask[1, :3] = 0
    logits = Writer(path, network).read(ids, mask)
    assert_allclose(logits[0], ask(network, ids, mask)[0], rtol=0, atol=ATOL)
    assert_allclose(logits[1, 3:], ask(network, ids, mask)[1, 3:], rtol=0, atol=ATOL)


def test_without_dynamic_all_lengths_are_those_of_the_example(tmp_path):
    network = make_llama().eval()
    export(network, tmp_path / "frozen.onnx", dynamic=False)
    graph = onnx.load(tmp_path / "frozen.onnx").graph
    shapes = [[dim.dim_value for dim in i.type.tensor_type.shape.dim] for i in graph.input]
    assert shapes == [[2, 2], [2, 6], *4 * [[2, 2, 4, 8]]]


def test_a_tokeniser_of_the_registry_learns_our_text_and_the_model_writes_its_tokens(written):
    tokeniser = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokeniser.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokeniser.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=WORDS, show_progress=False)
    tokeniser.train_from_iterator([language.TEXT], trainer)
    text = "the head looks back"
    encoded = tokeniser.encode(text)
    assert len(encoded.ids) < len(text)  # pairs that come often are one token
    assert max(encoded.ids) < WORDS and tokeniser.decode(encoded.ids) == text
    network, path = written
    ids = np.array([encoded.ids])
    assert_allclose(Writer(path, network).read(ids), ask(network, ids), rtol=0, atol=ATOL)
