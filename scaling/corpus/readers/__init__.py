"""Files of cells from outside, opened without reading them: .h5ad, .zarr, 10x .h5."""
