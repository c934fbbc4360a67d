"""Is a challenger better than what serves?"""
