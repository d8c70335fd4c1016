"""The optimizer by its configuration."""


def configure_optimizers(self):
    config = {"class_name": "SGD", "config": {"learning_rate": self.lr}}
    return tf.keras.optimizers.deserialize(config)


Classifier.configure_optimizers = configure_optimizers
