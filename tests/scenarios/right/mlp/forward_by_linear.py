"""nn.functional.linear and clamp."""


def forward(x):
    for w, b in ((w1, b1), (w2, b2), (w3, b3)):
        x = nn.functional.linear(x, w, b).clamp(min=0)
    return x
