"""What a viewer asks of images, films and volumes, and the processes that read them."""
