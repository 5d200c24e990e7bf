# Words of the list itself: bands, tiers, groups, actions, channels, why somebody is not contacted.
band-high = High
band-medium = Medium
band-low = Low
