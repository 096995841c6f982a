"""Terms to look at with controls, in JupyterLab: chart and table of what is chosen, and the sentences behind a term."""
