"""The tagger: PhoBERT's encoder, local features beside its word embedding, a CRF on top."""

from __future__ import annotations

import torch
from torch import nn
from transformers import RobertaConfig, RobertaModel

from pipeline.align import FEATURES
from pipeline.decode import legal_transitions
from pipeline.labels import bio_labels, id2label
from pipeline.subword import PAD


class DirectiveTagger(nn.Module):
    """``RobertaForTokenClassification`` with optional local features and a CRF.

    ``config.local_features`` is the width of the feature tables, 0 for a plain encoder
    (real PhoBERT fine-tuned without them). ``forward`` gives emissions ``[B, T, L]``.
    """

    def __init__(self, config: RobertaConfig) -> None:
        super().__init__()
        self.config = config
        self.roberta = RobertaModel(config, add_pooling_layer=False)
        width = getattr(config, "local_features", 0)
        labels = len(bio_labels())
        hidden = config.hidden_size
        self.local = nn.ModuleDict()
        if width:
            self.local = nn.ModuleDict({k: nn.Embedding(n, width) for k, n in FEATURES.items()})
            wide = width * len(FEATURES)
            self.mix_in = nn.Linear(wide, hidden)
            self.near = nn.Conv1d(hidden + wide, hidden, 5, padding=2)
            hidden *= 2
        self.classifier = nn.Linear(hidden, labels)
        self.dropout = nn.Dropout(config.classifier_dropout or 0.2)
        self.step = nn.Parameter(torch.zeros(labels, labels))

    def forward(self, ids: torch.Tensor, features: torch.Tensor | None = None) -> torch.Tensor:
        """Emission scores of each piece; only a word's first piece counts."""
        mask = ids != PAD
        if not len(self.local) or features is None:
            hidden = self.roberta(ids, attention_mask=mask.long()).last_hidden_state
            return torch.as_tensor(self.classifier(self.dropout(hidden)))
        local = torch.cat(
            [table(features[..., k]) for k, table in enumerate(self.local.values())], -1
        )
        words = self.roberta.embeddings.word_embeddings(ids)
        near_in = self.dropout(torch.cat([words * 20, local], -1)) * mask[..., None]
        near = nn.functional.gelu(self.near(near_in.transpose(1, 2)).transpose(1, 2))
        embeds = words + self.mix_in(local) * 0.1
        positions = torch.cumsum(mask.long(), 1) * mask.long() + PAD
        hidden = self.roberta(
            inputs_embeds=embeds, attention_mask=mask.long(), position_ids=positions
        ).last_hidden_state
        return torch.as_tensor(
            self.classifier(torch.cat([self.dropout(hidden), self.dropout(near)], -1))
        )

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


def tagger_config(encoder: RobertaConfig, local_features: int) -> RobertaConfig:
    """The encoder's configuration with our labels and features added."""
    config = RobertaConfig(**encoder.to_dict())
    config.id2label = id2label()
    config.label2id = {name: i for i, name in id2label().items()}
    config.local_features = local_features
    config.classifier_dropout = 0.3
    config.architectures = ["DirectiveTagger"]
    return config
