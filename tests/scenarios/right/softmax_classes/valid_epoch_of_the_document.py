"""valid_epoch as document 000 prints it."""

def valid_epoch(model, test_iter, loss, metric):
    import numpy as np

    metric.reset_state()
    if isinstance(model, torch.nn.Module):
        model.eval()
    with torch.no_grad():
        cost_list = []
        for X, y in test_iter:
            # forward only
            if isinstance(model, torch.nn.Module):
                y_hat = model(X)
            else:
                y_hat = model(X, params)
            batch_cost = loss(y_hat, y)
            cost_list.append(batch_cost.item())
            metric.update_state(y_hat, y)
    epoch_cost = np.array(cost_list).mean()
    epoch_acc = metric.result()
    return epoch_cost, epoch_acc
