"""Numbers from tomograms: particles, pores, and what the missing wedge leaves open of them."""
