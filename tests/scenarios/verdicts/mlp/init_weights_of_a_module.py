"""init_weights(m) is what nn.Module.apply calls, and no init_params()."""

EXPECTED = {"lacks": ["init_params"], "never_says": ["was found under the name `init_weights`"]}


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight)
