"""train as document 000 prints it."""

def train(model, train_iter, test_iter, loss, num_epochs, optimizer, metric): #@save
    train_history = []
    valid_history = []
    for epoch in range(num_epochs):
        print(f"---------- epoch: {epoch+1} ----------")
        train_epoch_cost, train_epoch_acc = train_epoch(model, train_iter, loss, optimizer, metric)
        valid_epoch_cost, valid_epoch_acc = valid_epoch(model, test_iter, loss, metric)
        print(f"training loss: {train_epoch_cost}; validation loss: {valid_epoch_cost}")
        print(f"training acc: {train_epoch_acc}; validation acc: {valid_epoch_acc}")
        print("")
        train_history.append({"loss": train_epoch_cost, "acc": train_epoch_acc})
        valid_history.append({"loss": valid_epoch_cost, "acc": valid_epoch_acc})
    return train_history, valid_history
