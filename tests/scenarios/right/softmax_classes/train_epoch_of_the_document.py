"""train_epoch as document 000 prints it, with numpy and printing."""

def train_epoch(model, train_iter, loss, optimizer, metric):
    import numpy as np

    metric.reset_state()
    cost_list = []
    for batch, (X, y) in enumerate(train_iter):
        # forward
        if isinstance(model, torch.nn.Module):
            model.train()
            y_hat = model(X)
        else:
            y_hat = model(X, params)
        batch_cost = loss(y_hat, y)
        metric.update_state(y_hat, y)
        # 清空 gradient
        optimizer.zero_grad()
        # backward
        batch_cost.backward() # 算 gradient
        optimizer.step() # 更新參數
        # add to cost_list
        cost_list.append(batch_cost.item())
        if batch % 300 == 0:
            current_cost = np.array(cost_list).mean()
            print(f"batch {batch + 1} training loss: {current_cost}; training accuracy: {metric.result()}")
    epoch_cost = np.array(cost_list).mean()
    epoch_acc = metric.result()
    return epoch_cost, epoch_acc
