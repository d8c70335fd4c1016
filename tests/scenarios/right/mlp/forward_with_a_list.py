"""All parameters in one list, given to it."""


def forward(x, params):
    for weight, bias in zip(params[::2], params[1::2]):
        x = (x @ weight.t() + bias).clamp(min=0)
    return x
