"""The tagger: PhoBERT's encoder, a classifier over words and a CRF on top."""

from __future__ import annotations

import torch
from torch import nn
from transformers import RobertaConfig, RobertaModel

from pipeline.decode import legal_transitions
from pipeline.labels import bio_labels, id2label
from pipeline.subword import PAD


class DirectiveTagger(nn.Module):
    """``RobertaForTokenClassification`` with a CRF; ``forward`` gives emissions ``[B, T, L]``."""

    def __init__(self, config: RobertaConfig) -> None:
        super().__init__()
        self.config = config
        self.roberta = RobertaModel(config, add_pooling_layer=False)
        labels = len(bio_labels())
        self.classifier = nn.Linear(config.hidden_size, labels)
        self.dropout = nn.Dropout(config.classifier_dropout or 0.2)
        self.step = nn.Parameter(torch.zeros(labels, labels))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Emission scores of each piece; only a word's first piece counts."""
        hidden = self.roberta(ids, attention_mask=(ids != PAD).long()).last_hidden_state
        return torch.as_tensor(self.classifier(self.dropout(hidden)))

    def transitions(self) -> torch.Tensor:
        """Step scores ``[L, L]`` with illegal ones pressed down."""
        return self.step + torch.from_numpy(legal_transitions())

    def loss(self, emissions: torch.Tensor, tags: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Mean negative log-likelihood a word of ``tags[B, W]`` under the CRF.

        A window may begin inside a mention, so the first tag is free here.
        """
        step = self.transitions()
        emissions = emissions.float()
        score = emissions[:, 0].gather(1, tags[:, :1])[:, 0]
        alpha = emissions[:, 0]
        for i in range(1, tags.shape[1]):
            on = mask[:, i]
            gold = (
                step[tags[:, i - 1], tags[:, i]]
                + emissions[:, i].gather(1, tags[:, i : i + 1])[:, 0]
            )
            score = score + gold * on
            following = torch.logsumexp(alpha[:, :, None] + step, 1) + emissions[:, i]
            alpha = torch.where(on[:, None], following, alpha)
        return torch.as_tensor((torch.logsumexp(alpha, 1) - score).sum() / mask.sum())


def tagger_config(encoder: RobertaConfig) -> RobertaConfig:
    """The encoder's configuration with our labels added."""
    config = RobertaConfig(**encoder.to_dict())
    config.id2label = id2label()
    config.label2id = {name: i for i, name in id2label().items()}
    config.classifier_dropout = 0.3
    config.architectures = ["DirectiveTagger"]
    return config
