"""What went wrong, in one sentence that its reader can act on.

A `Problem` carries a key and values rather than a finished sentence, so that the page can say the
same thing in the visitor's language (`pages/text`, keys `problem.*`). English stands here, because
`core` is also used alone.
"""

SENTENCES = {
    "setting.type": "{name} must be {kind}, not {value}.",
    "setting.empty": "{name} is empty; it must be {kind}.",
    "setting.range": "{name} must lie between {low} and {high}, not {value}.",
    "setting.choice": "{name} must be one of {choices}, not {value}. Nearest: {nearest}.",
    "setting.unknown": "There is no setting called {name}. Nearest: {nearest}.",
    "recipe.unknown": "There is no recipe called {name}. Nearest: {nearest}.",
    "device.unknown": "There is no device called {name}. Choose auto, cpu, cuda or mps.",
    "device.missing": "This machine has no {name} device that PyTorch can use. Choose auto or cpu.",
    "device.memory": "The {device} device ran out of memory. Choose a smaller batch or the CPU.",
    "memory": "The machine ran out of memory. Choose a smaller network or batch.",
    "data.refused": "{file} could not be downloaded: {reason}",
    "data.torn": "The download of {file} broke off after {got} bytes; nothing was kept.",
    "data.hash": "{file} is not the published file (its hash differs); nothing was kept.",
    "data.folder": "The data folder {folder} cannot be written to. Set NETLAB_DATA to another.",
    "data.broken": "{file} is damaged: {reason}. Delete it and start again.",
    "data.no_test": "The data ({source}) hold no test set, so no test figure can be measured.",
    "pairs.many": "There are {count} pairs of sentences; at most {limit} can be learnt here.",
    "pairs.few": "Different English sentences: {count}. At least {needed} are needed.",
    "pairs.tab": "Line {line} has no tab; it needs English, a tab, and French.",
    "pairs.empty": "Line {line} has an empty side; it needs English, a tab, and French.",
    "pairs.file": "The file is no text in UTF-8, or larger than 2 MB.",
    "pairs.long": "A side of line {line} is longer than {limit} characters. Shorten or split it.",
    "checkpoint.missing": "There is no checkpoint {name}. Make it: python -m core train {name}",
    "checkpoint.card": "The card of {name} cannot be read: {reason}. Train it anew.",
    "checkpoint.format": "{name} was written in format {found}; this version reads {known}.",
    "checkpoint.hash": "The weights of {name} do not match their card: the file was changed.",
    "checkpoint.weights": "The weights of {name} do not fit its network: {reason}.",
    "checkpoint.recipe": "This file holds a {found} network, and this place takes {expected}.",
    "checkpoint.data": "{name} was learning from {expected}, and only {found} is here.",
    "checkpoint.resume": "There is no unfinished training of {name} in {folder} to resume.",
    "vocabulary.merges": "Row {row} of the vocabulary does not join two earlier pieces.",
    "sentence.empty": "The sentence is empty. Type one first.",
    "sentence.none": "Nothing is translated yet. Type a sentence first.",
    "sentence.long": "The sentence has {tokens} tokens; at most {limit} can be translated.",
    "token.unknown": "There is no token number {token}; they run to {last}.",
    "words.few": "There are {count} words; at least {needed} make a map.",
    "words.many": "There are {count} words; at most {limit} fit on the map.",
    "corpus.empty": "No pair of sentences is short enough to learn from.",
    "upload.kind": "Choose a .zip file that this lab made (weights and card together).",
    "upload.large": "The file holds more than {limit} MB; no network of this lab is that large.",
    "upload.content": "The file must hold exactly one .safetensors and one .json file.",
    "code.size": "A code of this network has {expected} numbers, not {got}.",
    "latent.size": "A latent of this network has {expected} numbers, not {got}.",
    "label.range": "There is no digit {label}; they run from 0 to 9.",
    "label.count": "{expected} digits must be named, one for each image, not {got}.",
    "label.missing": "This network must be told which digit to draw. Choose one from 0 to 9.",
    "state.size": "A state has four numbers (x, its velocity, the angle, its velocity), not {got}.",
    "state.over": "The episode is over in this state: off the track, or the pole has fallen.",
    "points.empty": "There are no points yet. Draw some first.",
    "points.many": "There are {count} points; at most {limit} can be learnt here.",
    "points.unreadable": 'Points are written as "x,y x,y": two numbers each, a space between.',
    "points.far": "Points must lie between -1 and 1.",
    "value.finite": "{name} must be made of finite numbers.",
    "value.large": "{name} lies too far out: no number may exceed {limit} in size.",
    "image.size": "A digit is 28 × 28 pixels: {expected} numbers are needed, not {got}.",
    "drawing.size": "A drawing is a picture in grey of at most {limit} pixels a side.",
    "replay.small": "A memory of {size} transitions is smaller than a batch of {batch}.",
    "image.range": "Pixels must lie between 0 and 1.",
    "image.empty": "The drawing is empty. Draw a digit first.",
    "index.range": "There is no digit number {index}; they run from 0 to {last}.",
    "link.tab": "The link names a tab that is not here: {name}. Known: {names}.",
    "link.at": "The link names a section that is not here: {name}. Known: {names}.",
    "link.hide": "The link hides something that is not here: {name}. A link of Share has names.",
    "link.long": "The link's {name} is too long: at most {most} characters travel in one.",
    "link.value": "The link asks for what cannot be: {name} = {value}. The page opens as usual.",
    "link.torn": "The link cannot be read. It has too many parts.",
    "network.heads": "{heads} heads must divide a width that is even; {width} will not do.",
    "network.code": "This needs a network whose code has {needed} dimensions; this one has {size}.",
    "network.variational": "Only a variational network has a posterior. Choose the VAE.",
    "variants.empty": "Nothing is chosen to be compared. Tick at least one variant.",
    "training.died": "The training process ended by itself (code {code}); its last weights stay.",
    "training.killed": "The training process was killed from outside, perhaps for lack of memory.",
    "training.error": "The training stopped on an error: {reason}",
    "training.diverged": "The loss became infinite at step {step}; the last good network is kept.",
    "training.full": "{waiting} runs are waiting already. Try again in a few minutes.",
    "training.closed": "Training is closed for the moment by whoever leads this class.",
    "training.unshown": "This run is not shown any more. Ask for a new link.",
    "class.key": "This key does not open the page of the class.",
    "training.nobody": "The page is still loading. Try again in a moment.",
    "training.running": "One of your runs has not ended. Stop it first.",
    "command.unknown": "There is no command called {name}. Nearest: {nearest}.",
    "command.flag": "There is no flag called {name}. Nearest: {nearest}.",
    "command.usage": "{reason}.",
    "command.folder": "Nothing can be written to {folder}: {reason}. Choose another with --out.",
    "command.resume": "{name} stays as it is while a run is resumed; leave it out.",
    "training.none": "There is no trained network of yours. Press Train first.",
}


class Problem(ValueError):
    """Something that whoever asked can mend; `key` names the sentence, `values` fill it."""

    def __init__(self, key: str, **values: object):
        super().__init__(SENTENCES[key].format(**values))
        self.key = key
        self.values = values

    def __reduce__(self):
        # Crosses from the training process to the page whole.
        return _rebuild, (self.key, self.values)


def _rebuild(key: str, values: dict) -> Problem:
    return Problem(key, **values)
