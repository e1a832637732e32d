@rem Scripts of package.json begin with "exec", so that no shell stands between npm and what must hear of its signals. Windows has no exec.
@%*
