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


class CacheTraced(Case):
    example = (torch.tensor([[1, 2, 3], [3, 2, 1]]),)
    feeds = [(torch.tensor([[5, 6, 7, 8, 9]]),)]

    def build(self):
        config = transformers.LlamaConfig(
            vocab_size=32,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
        )
        return transformers.LlamaForCausalLM(config)

    def mistake(self, path):
        torch.onnx.export(self.make(), self.example, path, dynamo=False)

    def mend(self, path):
        network = LastAnswerOnly(self.make())
        torch.onnx.export(network, self.example, path, dynamic_shapes=({0: FREE, 1: FREE},))
        return self.expect(network)
