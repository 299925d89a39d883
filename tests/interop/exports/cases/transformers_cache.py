"""Hugging Face Transformers: a tiny language model with random weights, without a download."""

import sys

import torch

from tests.interop.exports.cases.torch_case import FREE, Case

sys.modules["torchvision"] = None  # built for another PyTorch it ends the import; nobody needs it
import transformers  # noqa: E402


class LastAnswerOnly(torch.nn.Module):
    """The model without its cache, so that a tensor goes in and a tensor comes out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids=input_ids, use_cache=False).logits


class TensorsInAndOut(torch.nn.Module):
    """The model with its cache as a list of tensors: keys and values of each layer in turn."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, past):
        cache = transformers.DynamicCache()
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        answer = self.model(input_ids=input_ids, past_key_values=cache, use_cache=True)
        return [answer.logits, *tensors_of(answer.past_key_values)]


def tensors_of(cache):
    """Return keys and values of each layer in turn."""
    return [each for layer in cache.layers for each in (layer.keys, layer.values)]


class TinyLlama(Case):
    def build(self):
        config = transformers.LlamaConfig(
            vocab_size=32,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
        )
        return transformers.LlamaForCausalLM(config)


class CacheTraced(TinyLlama):
    example = (torch.tensor([[1, 2, 3], [3, 2, 1]]),)
    feeds = [(torch.tensor([[5, 6, 7, 8, 9]]),)]

    def mistake(self, path):
        torch.onnx.export(self.make(), self.example, path, dynamo=False)

    def mend(self, path):
        network = LastAnswerOnly(self.make()).eval()
        torch.onnx.export(network, self.example, path, dynamic_shapes=({0: FREE, 1: FREE},))
        return self.expect(network)


class CacheFed(TinyLlama):
    """Two texts, of which four tokens have been read before."""

    texts = torch.arange(12).reshape(2, 6)

    def read(self, network, texts):
        """Return logits and cache after texts."""
        with torch.no_grad():
            answer = network(texts, use_cache=True)
        return answer.logits, answer.past_key_values

    def mistake(self, path):
        network = self.make()
        _, past = self.read(network, self.texts[:, :4])
        feed = {"input_ids": self.texts[:, 4:], "past_key_values": past}
        torch.onnx.export(network, (), path, kwargs=feed)

    def mend(self, path):
        network = self.make()
        _, past = self.read(network, self.texts[:, :4])
        example = (self.texts[:, 4:], tensors_of(past))
        shapes = ({0: FREE, 1: FREE}, [{0: FREE, 2: FREE} for _ in tensors_of(past)])
        better = TensorsInAndOut(network).eval()
        torch.onnx.export(better, example, path, dynamic_shapes=shapes)
        checks = []
        for texts, begin in ((self.texts, 4), (torch.arange(21).reshape(3, 7), 6)):
            _, past = self.read(network, texts[:, :begin])
            logits, whole = self.read(network, texts)  # in one call
            fed = [texts[:, begin:], *tensors_of(past)]
            right = [logits[:, begin:], *tensors_of(whole)]
            checks.append(([each.numpy() for each in fed], [each.numpy() for each in right]))
        return checks
