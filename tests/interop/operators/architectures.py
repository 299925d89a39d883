"""Architectures that corpus.py leaves out, exported: torchvision's whole, others of two layers.

Each is {name: (network, inputs, (opset, by the older exporter, with a free batch))}.
"""

import numpy as np

from tests.engines import onnx2torch
from tests.interop.operators.corpus import draw, export, first_answer, is_missing

SMALL = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "vocab_size": 40,
    "attn_implementation": "eager",
}
IDS = draw(2, 10, largest=40)
ONES = np.ones((2, 10), np.int64)
TEXT = [IDS, ONES]
PICTURE = [draw(1, 3, 64, 64)]


def networks_of_pictures():
    """Return torchvision's networks."""
    import torchvision.models as vision

    google = vision.googlenet(num_classes=5, aux_logits=False, init_weights=False)
    patches = {"patch_size": 8, "num_layers": 2, "num_heads": 2, "hidden_dim": 16, "mlp_dim": 32}
    vit = vision.VisionTransformer(image_size=32, **patches)
    lraspp = vision.segmentation.lraspp_mobilenet_v3_large(num_classes=5, weights_backbone=None)
    deeplab = vision.segmentation.deeplabv3_mobilenet_v3_large
    deeplab = deeplab(num_classes=5, weights_backbone=None)
    inception = vision.inception_v3(num_classes=5, aux_logits=False, init_weights=False)
    return {
        "SqueezeNet": (vision.squeezenet1_1(num_classes=5), PICTURE, (18, False, False)),
        "ShuffleNet": (vision.shufflenet_v2_x0_5(num_classes=5), PICTURE, (13, True, True)),
        "ShuffleNet 1.0": (vision.shufflenet_v2_x1_0(num_classes=5), PICTURE, (18, False, True)),
        "MobileNet 2": (vision.mobilenet_v2(num_classes=5), PICTURE, (14, True, False)),
        "MobileNet 3": (vision.mobilenet_v3_small(num_classes=5), PICTURE, (17, True, True)),
        "DenseNet": (vision.densenet121(num_classes=5), PICTURE, (12, True, True)),
        "EfficientNet": (vision.efficientnet_b0(num_classes=5), PICTURE, (18, False, True)),
        "MNASNet": (vision.mnasnet0_5(num_classes=5), PICTURE, (11, True, False)),
        "RegNet": (vision.regnet_y_400mf(num_classes=5), PICTURE, (17, False, False)),
        "ConvNeXt": (vision.convnext_tiny(num_classes=5), PICTURE, (17, True, True)),
        "GoogLeNet": (google, PICTURE, (18, False, True)),
        "Swin": (vision.swin_t(num_classes=5), PICTURE, (18, False, False)),
        "ResNeXt": (vision.resnext50_32x4d(num_classes=5), PICTURE, (15, True, False)),
        "ResNet 50": (vision.resnet50(num_classes=5), PICTURE, (12, True, True)),
        "ViT": (vit, [draw(1, 3, 32, 32)], (17, True, True)),
        "LRASPP": (lraspp, PICTURE, (16, True, True)),
        "ResNet 34": (vision.resnet34(num_classes=5), PICTURE, (18, False, False)),
        "DeepLab 3": (deeplab.eval(), PICTURE, (16, True, True)),
        "Inception 3": (inception, [draw(1, 3, 96, 96)], (18, False, False)),
    }


def networks_of_words():
    """Return Hugging Face's networks that read text."""
    import transformers as hub

    opt = {**SMALL, "ffn_dim": 32}
    opt = hub.OPTConfig(**opt, word_embed_proj_dim=16, use_cache=False)
    bart = {"d_model": 16, "vocab_size": 40, "encoder_layers": 1, "decoder_layers": 1}
    bart |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    bart |= {"encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "attn_implementation": "eager"}
    bart = hub.BartConfig(**bart, use_cache=False)
    qwen = hub.Qwen2Config(**SMALL, num_key_value_heads=2, use_cache=False)
    bloom = hub.BloomConfig(vocab_size=40, hidden_size=16, n_layer=2, n_head=2, use_cache=False)
    mistral = hub.MistralConfig(**SMALL, num_key_value_heads=1, use_cache=False)
    gemma = hub.GemmaConfig(**SMALL, num_key_value_heads=1, head_dim=8, use_cache=False)
    falcon = hub.FalconConfig(**SMALL, use_cache=False)
    phi = hub.PhiConfig(**SMALL, use_cache=False)
    mobile = hub.MobileBertConfig(**SMALL, embedding_size=8, intra_bottleneck_size=8)
    languages = hub.XLMRobertaModel(hub.XLMRobertaConfig(**SMALL))
    squeezed = hub.SqueezeBertConfig(**SMALL, embedding_size=16)
    electra = hub.ElectraModel(hub.ElectraConfig(**SMALL))
    convolved = hub.ConvBertModel(hub.ConvBertConfig(**SMALL, embedding_size=16))
    disentangled = hub.DebertaV2Config(
        **SMALL, relative_attention=True, pos_att_type="p2c|c2p", max_position_embeddings=32
    )
    return {
        "ALBERT": (
            hub.AlbertModel(hub.AlbertConfig(**SMALL, embedding_size=8)),
            TEXT,
            (14, True, True),
        ),
        "ELECTRA": (electra, TEXT, (18, False, False)),
        "OPT": (hub.OPTForCausalLM(opt), TEXT, (18, False, False)),
        "RoBERTa": (hub.RobertaModel(hub.RobertaConfig(**SMALL)), TEXT, (17, False, True)),
        "MPNet": (hub.MPNetModel(hub.MPNetConfig(**SMALL)), TEXT, (18, False, False)),
        "BART": (hub.BartModel(bart), TEXT, (14, True, True)),
        "CLIP": (hub.CLIPTextModel(hub.CLIPTextConfig(**SMALL)), TEXT, (16, True, False)),
        "GPT-NeoX": (hub.GPTNeoXModel(hub.GPTNeoXConfig(**SMALL)), TEXT, (18, False, True)),
        "Qwen2": (hub.Qwen2ForCausalLM(qwen), TEXT, (18, False, False)),
        "Bloom": (hub.BloomModel(bloom), TEXT, (17, False, True)),
        "LayoutLM": (hub.LayoutLMModel(hub.LayoutLMConfig(**SMALL)), [IDS], (14, True, True)),
        "Mistral": (hub.MistralForCausalLM(mistral), TEXT, (18, False, True)),
        "SqueezeBERT": (hub.SqueezeBertModel(squeezed), TEXT, (16, True, True)),
        "DeBERTa 2": (hub.DebertaV2Model(disentangled), TEXT, (17, True, False)),
        "Gemma": (hub.GemmaForCausalLM(gemma), TEXT, (18, False, True)),
        "ConvBERT": (convolved, TEXT, (14, True, False)),
        "Falcon": (hub.FalconForCausalLM(falcon), TEXT, (18, False, True)),
        "Phi": (hub.PhiForCausalLM(phi), TEXT, (18, False, False)),
        "MobileBERT": (hub.MobileBertModel(mobile), TEXT, (14, True, True)),
        "XLM-RoBERTa": (languages, TEXT, (15, True, False)),
    }


def networks_of_more_words():
    """Return further networks of Hugging Face that read text."""
    import transformers as hub

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
    rem = {**SMALL, "input_embedding_size": 8, "output_embedding_size": 8}
    rem = hub.RemBertModel(hub.RemBertConfig(**rem))
    generator = hub.ElectraForMaskedLM(hub.ElectraConfig(**SMALL, embedding_size=8))
    funnel = {"vocab_size": 40, "d_model": 16, "n_head": 2, "d_head": 8, "d_inner": 32}
    funnel = hub.FunnelConfig(**funnel, block_sizes=[1, 1], num_decoder_layers=1)
    xl = {"vocab_size": 40, "d_model": 16, "n_layer": 2, "n_head": 2, "d_inner": 32}
    xl = hub.XLNetConfig(**xl, use_mems_eval=False)
    olmo = hub.OlmoConfig(**SMALL, use_cache=False)
    stable = hub.StableLmConfig(**SMALL, num_key_value_heads=1, use_cache=False)
    neo = {"vocab_size": 40, "hidden_size": 16, "num_layers": 2, "num_heads": 2}
    neo |= {"attention_types": [[["global", "local"], 1]], "attn_implementation": "eager"}
    neo = hub.GPTNeoConfig(**neo, window_size=4, use_cache=False)
    return {
        "ModernBERT": (hub.ModernBertModel(modern), TEXT, (18, False, True)),
        "Qwen3": (hub.Qwen3ForCausalLM(qwen), TEXT, (18, False, False)),
        "Gemma 2": (hub.Gemma2ForCausalLM(gemma), TEXT, (18, False, True)),
        "GPT-J": (hub.GPTJForCausalLM(gptj), TEXT, (18, False, False)),
        "Marian": (marian, TEXT, (14, True, True)),
        "RemBERT": (rem, TEXT, (15, True, False)),
        "ELECTRA, generator": (generator, TEXT, (13, True, True)),
        "Funnel": (hub.FunnelBaseModel(funnel), TEXT, (17, True, False)),
        "XLNet": (hub.XLNetModel(xl), TEXT, (16, True, True)),
        "OLMo": (hub.OlmoForCausalLM(olmo), TEXT, (18, False, True)),
        "StableLM": (hub.StableLmForCausalLM(stable), TEXT, (18, False, False)),
        "GPT-Neo": (hub.GPTNeoForCausalLM(neo), TEXT, (18, False, True)),
    }


def networks_of_patches_and_sound():
    """Return Hugging Face's networks that see or hear."""
    import transformers as hub

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
    deit = hub.DeiTConfig(**SMALL, image_size=16, patch_size=8)
    dino = hub.Dinov2Config(**SMALL, image_size=28, patch_size=14)
    beit = hub.BeitConfig(**SMALL, image_size=32, patch_size=8, use_mean_pooling=True)
    mobile = {"hidden_sizes": [8, 12, 16], "neck_hidden_sizes": [4, 4, 8, 8, 12, 12, 16]}
    mobile |= {"image_size": 64, "num_attention_heads": 2}
    mobile = hub.MobileViTModel(hub.MobileViTConfig(**mobile))
    layers = {"hidden_sizes": [8, 16], "depths": [1, 1], "num_encoder_blocks": 2}
    layers |= {"patch_sizes": [7, 3], "strides": [4, 2], "padding": [2, 1]}
    pools = hub.PoolFormerModel(hub.PoolFormerConfig(**layers))
    sound = {**SMALL, "conv_dim": (16, 16), "conv_stride": (5, 2), "conv_kernel": (10, 3)}
    sound |= {"num_feat_extract_layers": 2, "num_conv_pos_embeddings": 8}
    sound |= {"num_conv_pos_embedding_groups": 2}
    hubert = hub.HubertModel(hub.HubertConfig(**sound))
    wavlm = hub.WavLMModel(hub.WavLMConfig(**sound))
    sound = hub.Wav2Vec2Model(hub.Wav2Vec2Config(**sound))
    next_2 = hub.ConvNextV2Config(num_stages=2, hidden_sizes=[8, 16], depths=[1, 1])
    levit = {"image_size": 64, "hidden_sizes": [16, 24, 32], "num_attention_heads": [2, 2, 2]}
    levit |= {"depths": [1, 1, 1], "key_dim": [8, 8, 8]}
    levit |= {"down_ops": [["Subsample", 8, 2, 2, 2, 2], ["Subsample", 8, 3, 2, 2, 2]]}
    levit = hub.LevitModel(hub.LevitConfig(**levit))
    siglip = hub.SiglipVisionConfig(**SMALL, image_size=32, patch_size=8)
    yolos = hub.YolosConfig(**SMALL, image_size=[64, 64], patch_size=16, num_detection_tokens=5)
    return {
        "DeiT": (hub.DeiTModel(deit), [draw(1, 3, 16, 16)], (18, False, True)),
        "Segformer": (hub.SegformerModel(segments), PICTURE, (18, False, False)),
        "DINOv2": (hub.Dinov2Model(dino), [draw(1, 3, 28, 28)], (14, True, True)),
        "Wav2Vec2": (sound, [draw(1, 800)], (17, True, False)),
        "MobileViT": (mobile, PICTURE, (15, True, False)),
        "PoolFormer": (pools, PICTURE, (18, False, False)),
        "BEiT": (hub.BeitModel(beit), [draw(1, 3, 32, 32)], (16, True, True)),
        "HuBERT": (hubert, [draw(1, 800)], (18, False, False)),
        "SigLIP": (hub.SiglipVisionModel(siglip), [draw(1, 3, 32, 32)], (17, True, True)),
        "YOLOS": (hub.YolosModel(yolos), PICTURE, (18, False, True)),
        "ConvNeXt 2": (hub.ConvNextV2Model(next_2), PICTURE, (16, True, False)),
        "WavLM": (wavlm, [draw(1, 800)], (18, False, False)),
        "LeViT": (levit, PICTURE, (17, True, True)),
    }


def networks_of_more_pictures():
    """Return further networks of Hugging Face that see, and one that reads series of numbers."""
    import transformers as hub

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
        "PatchTSMixer": (hub.PatchTSMixerModel(mixer), [draw(2, 32, 2)], (18, False, False)),
        "FocalNet": (hub.FocalNetModel(focal), PICTURE, (18, False, True)),
        "PVT 2": (pvt, PICTURE, (16, True, True)),
        "BiT": (hub.BitModel(bit), PICTURE, (17, True, False)),
        "MobileNet 1": (hub.MobileNetV1Model(mobile), PICTURE, (13, True, True)),
    }


def export_all(folder, networks):
    """Export those of {name: (network, inputs, way)} that are missing."""
    for name, (network, inputs, (opset, old, free)) in networks.items():
        if not is_missing(folder, name):
            continue
        hubs = hasattr(network, "main_input_name")
        network = first_answer(network) if hubs else network
        try:
            export(folder, name, network, inputs, opset, old, free)
        except Exception as error:  # of an exporter that can't
            print(f"{name}: {type(error).__name__}: {str(error)[:100]}", flush=True)


def write(folder):
    onnx2torch.load()  # where torchvision does not load by itself
    export_all(folder, networks_of_pictures())
    export_all(folder, networks_of_words())
    export_all(folder, networks_of_more_words())
    export_all(folder, networks_of_patches_and_sound())
    export_all(folder, networks_of_more_pictures())
